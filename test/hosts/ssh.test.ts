import {transportContract} from './contract.js';
import {sshTransport} from '../../src/hosts/ssh.js';
import {startLoopback} from './ssh-server.js';

transportContract('the ssh transport', async () => {
  const loopback = await startLoopback();
  const transport = sshTransport(loopback.host, loopback.env);
  return {
    transport,
    close: async () => {
      await transport.close();
      await loopback.close();
    },
  };
});
