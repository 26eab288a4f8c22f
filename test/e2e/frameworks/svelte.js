import { mount } from 'svelte';
import Ticket from './Ticket.svelte';

mount(Ticket, { target: document.querySelector('#root') });
