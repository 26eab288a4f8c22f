/** A merchant's page in React, of any version: `malipo/react` under StrictMode, with all that a page may do to it. */
import { StrictMode, useEffect, useRef, useState } from 'react';
import { PayButton } from 'malipo/react';

const MESSAGES = { payNow: 'Lipa hapa' };

function Ticket() {
  const button = useRef(null);
  const [renders, setRenders] = useState(1);
  const [isShown, setShown] = useState(true);
  const [heard, setHeard] = useState([]);
  // Whose closure was called is told by the number in it.
  const hear = ({ type, detail }) => setHeard((before) => [...before, `${renders}: ${type} ${detail.reference}`]);
  useCommand('render', () => setRenders((count) => count + 1));
  useCommand('toggle', () => setShown((was) => !was));
  useCommand('open', () => button.current.open());
  return (
    <main data-renders={renders} data-state={String(button.current?.state)}>
      {isShown && (
        <PayButton
          ref={button}
          baseUrl={globalThis.MALIPO}
          item="swahili-ebook"
          customerName={`Asha ${renders}`}
          label={renders > 2 ? undefined : `Pay, render ${renders}`}
          messages={MESSAGES}
          required
          disabled={false}
          className="wide"
          style={{ marginTop: 8 }}
          onPayPending={hear}
          onPaySuccess={hear}
        >
          <a href={`${globalThis.MALIPO}/pay/swahili-ebook`}>Buy the book</a>
        </PayButton>
      )}
      <ol>{heard.map((line, index) => <li key={index}>{line}</li>)}</ol>
    </main>
  );
}

/** The test's hand: while the dialog is open nothing else in the page can be pressed. */
function useCommand(name, act) {
  useEffect(() => {
    document.addEventListener(name, act);
    return () => document.removeEventListener(name, act);
  });
}

export const shop = <StrictMode><Ticket /></StrictMode>;
