import { createRoot } from 'react-dom/client';
import { shop } from './shop.jsx';

createRoot(document.querySelector('#root')).render(shop);
