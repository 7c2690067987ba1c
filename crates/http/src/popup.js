
(() => {
  const { message, origin } = document.body.dataset;
  const told = JSON.parse(message);
  if (window.opener) window.opener.postMessage(told, origin);
  if (window.BroadcastChannel) {
    const channel = new BroadcastChannel("wabakit-connect");
    channel.postMessage(told);
    channel.close();
  }
  window.close();
})();
