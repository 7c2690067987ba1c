// Stands in for Meta's JS SDK: FB.init and FB.login, as far as Embedded Signup needs them.
(function () {
  'use strict';
  var origin = new URL(document.currentScript.src).origin;
  var settings = { version: 'v25.0' };
  var calls = 0;

  function init(options) {
    settings = Object.assign({}, settings, options);
  }

  function login(callback, options) {
    options = options || {};
    var id = 'f' + (calls += 1) + '_' + Date.now();
    var url = new URL(origin + '/' + settings.version + '/dialog/oauth');
    var params = {
      client_id: settings.appId,
      display: 'popup',
      response_type: 'code',
      origin: window.location.origin,
      cb: id,
    };
    ['config_id', 'scope', 'auth_type', 'state', 'override_default_response_type'].forEach(
      function (name) {
        if (options[name] !== undefined) params[name] = String(options[name]);
      }
    );
    if (options.extras) params.extras = JSON.stringify(options.extras);
    Object.keys(params).forEach(function (name) {
      url.searchParams.set(name, params[name]);
    });

    var popup = window.open(url.toString(), id, 'width=600,height=780');
    var watch = null;
    var isDone = false;
    function finish(response) {
      if (isDone) return;
      isDone = true;
      window.removeEventListener('message', listen);
      window.clearInterval(watch);
      callback(response);
    }
    function giveUp() {
      finish({ authResponse: null, status: 'unknown' });
    }
    function listen(event) {
      var data = event.data;
      if (event.origin !== origin || !data || data.type !== 'SANDBOX_LOGIN' || data.cb !== id) return;
      finish(data.response);
    }
    window.addEventListener('message', listen);
    if (!popup) return giveUp();
    watch = window.setInterval(function () {
      if (!popup.closed) return;
      window.clearInterval(watch);
      // What the popup posted before it closed may still be on its way.
      window.setTimeout(giveUp, 300);
    }, 300);
  }

  window.FB = {
    init: init,
    login: login,
    getLoginStatus: function (callback) {
      callback({ authResponse: null, status: 'unknown' });
    },
  };
  if (typeof window.fbAsyncInit === 'function') window.setTimeout(window.fbAsyncInit, 0);
})();
