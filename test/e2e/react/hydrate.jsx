import { hydrateRoot } from 'react-dom/client';
import { shop } from '#shown';

hydrateRoot(document.querySelector('#root'), shop);
