// The complete JavaScript example of the Dukuzi reference; what a page gives it is stood in for.
const fields = { phone: '255712345678', amount: '5000', name: 'John Doe', email: 'john@example.com' };
const document = { getElementById: (id) => ({ value: fields[id] }) };
const alert = console.log;

async function initiatePayment() {
  const response = await fetch('https://dukuzii.com/api-proxy.php/create-payment', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-API-Key': 'your_api_key_here',
    },
    body: JSON.stringify({
      phone_number: document.getElementById('phone').value,
      amount: document.getElementById('amount').value,
      product_id: 1,
      customer_name: document.getElementById('name').value,
      customer_email: document.getElementById('email').value,
    }),
  });
  const data = await response.json();
  if (data.success) {
    console.log('Transaction ID:', data.transaction_id);
    checkStatus(data.transaction_id);
  }
}

async function checkStatus(transactionId) {
  const interval = setInterval(async () => {
    const response = await fetch(`https://dukuzii.com/api-proxy.php/transaction/${transactionId}`, {
      headers: { 'X-API-Key': 'your_api_key_here' },
    });
    const data = await response.json();

    if (data.status === 'completed') {
      clearInterval(interval);
      alert('Payment successful!');
    } else if (data.status === 'failed') {
      clearInterval(interval);
      alert('Payment failed. Please try again.');
    }
  }, 5000);
}

initiatePayment();
