import {connect} from 'node:net';
import type {Duplex} from 'node:stream';
import {execa} from 'execa';
import type {Variables} from '../local.js';
import type {SshTarget} from './config.js';

/**
 * A plain TCP connection, still under way. Without Nagle's algorithm: opening a channel, asking for the program
 * and ending its input are three small packets in a row, and the third would wait 40 ms for a delayed ACK.
 */
export const tcpSocket = ({hostname, port}: SshTarget): Duplex =>
  connect({host: hostname, port, noDelay: true, keepAlive: true, autoSelectFamily: true});

/** The standard streams of the configuration's ProxyCommand. */
export function proxySocket(proxyCommand: string, env: Variables): Duplex {
  const child = execa('sh', ['-c', `exec ${proxyCommand}`], {
    buffer: false,
    reject: false,
    encoding: 'buffer',
    env,
    extendEnv: false,
    stderr: 'ignore',
  });
  const socket = child.duplex();
  socket.once('close', () => {
    child.kill();
  });
  return socket;
}
