// The request examples of the Dukuzi reference, one after the other.
const alert = console.log;

fetch('https://dukuzii.com/api-proxy.php/create-payment', {
  method: 'POST',
  headers: {
    'Content-Type': 'application/json',
    'X-API-Key': 'your_api_key_here',
  },
  body: JSON.stringify({
    phone_number: '255712345678',
    amount: 5000,
    product_id: 1,
    customer_name: 'John Doe',
    customer_email: 'john@example.com',
  }),
})
  .then((res) => res.json())
  .then((data) => {
    if (data.success) {
      console.log('Transaction ID:', data.transaction_id);
      alert('Payment initiated! Check your phone.');
      return data.transaction_id;
    }
  })
  .then((id) =>
    fetch(`https://dukuzii.com/api-proxy.php/transaction/${id}`, {
      method: 'GET',
      headers: {
        'X-API-Key': 'your_api_key_here',
      },
    }),
  )
  .then((res) => res.json())
  .then((data) => {
    console.log('Status:', data.status);
  });
