import {transportContract} from './contract.js';
import {sshTransport} from '../../src/hosts/ssh/ssh.js';
import {startLoopback} from './ssh-server.js';
import {noSshd, startSshd} from './sshd.js';

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

if (noSshd() === undefined) transportContract('the ssh transport with OpenSSH', openSsh(''));

if (noSshd() === undefined)
  transportContract('the ssh transport with one session a connection', openSsh('MaxSessions 1'));

function openSsh(settings: string) {
  return async () => {
    const sshd = await startSshd(settings);
    const transport = sshTransport(sshd.host('alpha'), sshd.env);
    return {
      transport,
      close: async () => {
        await transport.close();
        sshd.close();
      },
    };
  };
}
