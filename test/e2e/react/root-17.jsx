import { render } from 'react-dom';
import { shop } from './shop.jsx';

render(shop, document.querySelector('#root'));
