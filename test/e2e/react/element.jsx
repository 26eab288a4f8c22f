/** React 19 speaks to custom elements by itself: the element as it is, in JSX. */
import { StrictMode, useEffect, useRef, useState } from 'react';
import 'malipo/widget/jsx';

const MESSAGES = { payNow: 'Lipa hapa' };

function Ticket() {
  const button = useRef(null);
  const [heard, setHeard] = useState([]);
  useEffect(() => {
    document.title = `ref: ${button.current.localName}`;
  }, []);
  return (
    <main>
      <pay-button
        ref={button}
        base-url={globalThis.MALIPO}
        item="swahili-ebook"
        customer-name="Asha"
        messages={MESSAGES}
        required
        disabled={false}
        onpay-success={({ type, detail }) => setHeard((before) => [...before, `${type} ${detail.reference}`])}
      >
        <a href={`${globalThis.MALIPO}/pay/swahili-ebook`}>Buy the book</a>
      </pay-button>
      <ol>{heard.map((line, index) => <li key={index}>{line}</li>)}</ol>
    </main>
  );
}

export const shop = <StrictMode><Ticket /></StrictMode>;
