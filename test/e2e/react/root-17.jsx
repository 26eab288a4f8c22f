import { render } from 'react-dom';
import { shop } from '#shown';

render(shop, document.querySelector('#root'));
