import {expect, test} from 'vitest';
import {refusals} from '../../src/engines/podman/refusals.js';
import {sections} from '../../src/engines/host/sections.js';
import {readUnits} from '../../src/engines/host/service-units.js';
import {aPair} from './podman-pair.js';

/** As systemd 252 says it, once for a unit that starts a container and once for one that makes it anew. */
const recorded = `@@cm\tunits
Restart=on-failure
ExecStart={ path=/usr/bin/podman ; argv[]=/usr/bin/podman start redis ; ignore_errors=no ; start_time=[Sat 2026-11-21 10:26:03 UTC] ; stop_time=[n/a] ; pid=92 ; code=(null) ; status=0/0 }
ExecStop={ path=/usr/bin/podman ; argv[]=/usr/bin/podman stop -t 10 redis ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
Id=container-redis.service
ActiveState=active
UnitFileState=enabled

Restart=no
ExecStart={ path=/usr/bin/podman ; argv[]=/usr/bin/podman run --name=redis --replace --rm -d img:1 ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
ExecStopPost={ path=/usr/bin/podman ; argv[]=/usr/bin/podman rm -v -f -i redis ; ignore_errors=yes ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
Id=redis.service
ActiveState=active
UnitFileState=static
@@cm\tend
`;

const units = (() => {
  const cut = sections(recorded);
  return cut.ok ? readUnits(cut.value) : [];
})();

const [starter, remover] = units;

const refused = (unit: (typeof units)[number] | undefined): readonly string[] =>
  (['cold', 'stateful', 'pre-copy'] as const).flatMap((strategy) =>
    refusals(strategy, aPair({source: {units: unit === undefined ? [] : [unit]}}))
      .filter(({code}) => code === 'systemd-unit')
      .map(({message, remedy}) => `${message}; ${remedy ?? ''}`),
  );

test('what systemd says of its units is read', () => {
  expect(units).toEqual([
    {
      ...{name: 'container-redis.service', active: true, enabled: true, restart: 'on-failure'},
      starts: ['/usr/bin/podman start redis'],
      stops: ['/usr/bin/podman stop -t 10 redis'],
    },
    {
      ...{name: 'redis.service', active: true, enabled: false, restart: 'no'},
      starts: ['/usr/bin/podman run --name=redis --replace --rm -d img:1'],
      stops: ['/usr/bin/podman rm -v -f -i redis'],
    },
  ]);
});

test('a unit that would start it again is a reason for every strategy, with the way out', () => {
  expect(refused(starter)).toEqual(
    Array(3).fill(
      'the unit "container-redis.service" of systemd on the source would start it there again ("Restart=on-failure"); ' +
        'take it from systemd there before it is moved: "systemctl disable container-redis.service", and "Restart=no" by "systemctl edit container-redis.service"',
    ),
  );
});

test('a unit that removes it when it stops would take the way back', () => {
  expect(refused(remover)[0]).toContain('removes it as soon as it stops');
});

test.each([
  ['neither enabled nor restarting', {enabled: false, restart: 'no'}, 0],
  ['enabled, and not running', {active: false, restart: 'always'}, 3],
  ['not running and not enabled', {active: false, enabled: false, restart: 'always'}, 0],
  ['of another container', {starts: ['/usr/bin/podman start redis-2']}, 0],
  ['by its ID', {starts: [`/bin/sh -c "podman start ${'f'.repeat(12)}"`]}, 3],
  ['in a shell', {starts: [`/bin/sh -c 'true; exec podman start -a redis'`]}, 3],
  ['of another engine', {starts: ['/usr/bin/docker start redis']}, 0],
  ['that only looks at it', {starts: ['/usr/bin/podman logs redis']}, 0],
])('a unit %s', (_, change, count) => {
  expect(refused(starter && {...starter, ...change})).toHaveLength(count);
});
