import { createRoot } from 'react-dom/client';
import { shop } from '#shown';

createRoot(document.querySelector('#root')).render(shop);
