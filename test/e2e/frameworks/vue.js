import { createApp } from 'vue';
import Ticket from './Ticket.vue';

createApp(Ticket).mount('#root');
