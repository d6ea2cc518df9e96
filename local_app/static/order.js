// What is done on a page before its connection stands reaches the program in the order in which it was done. The framework lets each such
// event look again by itself every ten milliseconds, and the Enter of a quick hand overtakes its letters; socket.io keeps what it is given
// early, and its order. So the framework hears that the connection stands as soon as there is one to be given something.
if (!document.prerendering) Object.defineProperty(window, "did_handshake", { get: () => Boolean(window.socket), set() {} });
