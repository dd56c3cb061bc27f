// Made by schemas/generate.mjs from schemas/plan.source.json; not to be edited.

export const validatePlanDocument = validate21;
const schema6 = {"$schema":"http://json-schema.org/draft-07/schema#","title":"PlanDocument","description":"A plan: which containers belong on which hosts, and how they are moved there.","type":"object","additionalProperties":false,"required":["apiVersion","name","hosts","containers"],"patternProperties":{"^x-":{"description":"Free for anchors; cm does not read it."}},"properties":{"apiVersion":{"description":"The version of the plan language, cm/v1.","const":"cm/v1"},"name":{"description":"What reports, leases and the journal call the plan.","$ref":"#/definitions/planName"},"hosts":{"description":"The machines, by the names the plan uses for them.","type":"object","minProperties":1,"propertyNames":{"title":"Name","description":"Letters, digits, `_`, `.` and `-`, beginning with a letter or a digit.","maxLength":200,"pattern":"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"},"additionalProperties":{"$ref":"#/definitions/host"}},"defaults":{"$ref":"#/definitions/defaults"},"containers":{"description":"The containers, by the names the engine knows them by, and where each belongs.","type":"object","propertyNames":{"title":"Name","description":"Letters, digits, `_`, `.` and `-`, beginning with a letter or a digit.","maxLength":200,"pattern":"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"},"additionalProperties":{"$ref":"#/definitions/container"}},"limits":{"$ref":"#/definitions/limits"},"transfer":{"description":"The way of the bytes. `direct` (the default) goes from host to host; `relay` goes through the machine that runs cm.","enum":["direct","relay"]},"hooks":{"$ref":"#/definitions/planHooks"},"suspend":{"description":"Whether the plan rests. A suspended plan is checked and shown, and never applied.","type":"boolean"}},"definitions":{"name":{"title":"Name","description":"Letters, digits, `_`, `.` and `-`, beginning with a letter or a digit.","type":"string","maxLength":200,"pattern":"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"},"planName":{"title":"Plan name","description":"Letters, digits, `_`, `.` and `-`, beginning with a letter or a digit. Reports, leases and the journal call the plan by it.","type":"string","maxLength":200,"pattern":"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"},"duration":{"title":"Duration","description":"A number and ms, s, m or h, such as 500ms, 90s, 15m or 2h (at most 99h).","type":"string","pattern":"^(?=.*[1-9])(?:[0-9]{1,9}ms|[0-9]{1,6}(?:\\.[0-9]{1,3})?s|[0-9]{1,4}(?:\\.[0-9]{1,3})?m|[0-9]{1,2}(?:\\.[0-9]{1,3})?h)$"},"age":{"title":"Age","description":"A number and s, m, h or d, such as 90m, 72h or 30d.","type":"string","pattern":"^(?=.*[1-9])[0-9]{1,4}(?:\\.[0-9]{1,3})?[smhd]$"},"rate":{"title":"Rate","description":"An amount a second, in bits or bytes, such as 800Mbit, 1Gbit or 100MiB.","type":"string","pattern":"^(?=.*[1-9])[0-9]{1,6}(?:\\.[0-9]{1,3})?(?:[kMG]bit|[kMG]B|[KMG]iB)$"},"size":{"title":"Size","description":"An amount in bytes, such as 512MiB or 1.5GB.","type":"string","pattern":"^(?=.*[1-9])[0-9]{1,6}(?:\\.[0-9]{1,3})?(?:[kMGT]?B|[KMGT]iB)$"},"argv":{"title":"Command","description":"A list of the program and its words, such as [\"systemctl\", \"reload\", \"nginx\"]. No shell reads it.","type":"array","minItems":1,"items":[{"$ref":"#/definitions/program"}],"additionalItems":{"$ref":"#/definitions/word"}},"program":{"title":"Program","description":"The name or path of a program, with nothing else in it.","type":"string","pattern":"^[^\\u0000]+$"},"word":{"title":"Word","description":"Text without a NUL character.","type":"string","pattern":"^[^\\u0000]*$"},"address":{"title":"Address","description":"The word local, an ssh_config alias, or user@host:port, of which user and port may be left out.","type":"string","pattern":"^(?:[^\\s\\u0000-\\u001f\\u007f@-][^\\s\\u0000-\\u001f\\u007f@]*@)?[^\\s\\u0000-\\u001f\\u007f@-][^\\s\\u0000-\\u001f\\u007f@]*$"},"peerAddress":{"title":"Peer address","description":"Where the other hosts reach this one, as host or host:port, when that is not its address.","type":"string","pattern":"^[^\\s\\u0000-\\u001f\\u007f@-][^\\s\\u0000-\\u001f\\u007f@]*$"},"path":{"title":"Path","description":"A file, relative to the folder of the plan file.","type":"string","pattern":"^[^\\u0000-\\u001f\\u007f]+$"},"url":{"title":"URL","description":"Something that begins with http:// or https:// and has no spaces.","type":"string","pattern":"^https?://[^\\s\\u0000-\\u001f\\u007f]+$"},"label":{"title":"Label","description":"One line of text.","type":"string","pattern":"^[^\\u0000-\\u001f\\u007f]*$"},"ssh":{"title":"SshDocument","description":"Files for ssh, relative to the plan file. What is not named is taken from OpenSSH's own configuration.","type":"object","additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"config":{"description":"An ssh_config file to use in place of the user's own.","$ref":"#/definitions/path"},"identity":{"description":"A private key.","$ref":"#/definitions/path"},"knownHosts":{"description":"A known_hosts file with the keys of the hosts.","$ref":"#/definitions/path"}}},"host":{"title":"HostDocument","description":"A machine that containers run on.","type":"object","additionalProperties":false,"required":["address"],"patternProperties":{"^x-":{}},"properties":{"address":{"description":"How to reach it: the word local, an ssh_config alias, or user@host:port.","$ref":"#/definitions/address"},"peerAddress":{"$ref":"#/definitions/peerAddress"},"engine":{"description":"The container engine. Without it the host is probed for podman and docker; `runc` and `crun`, for OCI bundles under a supervisor of their own, are never found by probing, since they lie beneath both.","enum":["podman","docker","runc","crun"]},"labels":{"description":"Words about the host, for people and for choosing it.","type":"object","propertyNames":{"title":"Name","description":"Letters, digits, `_`, `.` and `-`, beginning with a letter or a digit.","maxLength":200,"pattern":"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"},"additionalProperties":{"$ref":"#/definitions/label"}},"ssh":{"$ref":"#/definitions/ssh"}}},"strategyWord":{"title":"StrategyWord","description":"One way of moving a container. `cold` stops it and starts it on the target; `stateful` carries its memory over; `pre-copy` does that while it still runs.","enum":["cold","stateful","pre-copy"]},"strategy":{"title":"StrategyDocument","description":"How the container may be moved: one word, or a list, best first, of which the first that can be done within the budget is taken. The default is [stateful, cold].","anyOf":[{"$ref":"#/definitions/strategyWord"},{"type":"array","minItems":1,"items":{"$ref":"#/definitions/strategyWord"}}]},"budget":{"title":"BudgetDocument","description":"How long a move may take. It is predicted before the freeze; over it, the next strategy is taken or nothing is touched.","type":"object","additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"downtime":{"description":"How long the container may be without service.","$ref":"#/definitions/duration"},"total":{"description":"How long the whole move may take.","$ref":"#/definitions/duration"},"maxSent":{"description":"How much memory pre-copy may send before the freeze. The default is three times what the container has.","$ref":"#/definitions/size"},"maxRounds":{"description":"How many rounds pre-copy may take before the freeze. The default is 8.","type":"integer","minimum":1,"maximum":99}}},"stopTimeoutWord":{"title":"StopTimeoutWord","description":"What happens when a container does not end within its `stopTimeout`: `abort` does not kill it, and starts it again once it has ended; `kill` kills it and goes on, whatever it held. The default is abort.","enum":["abort","kill"]},"noConvergeWord":{"title":"NoConvergeWord","description":"What happens when pre-copy does not come near enough to its end, since the container changes its memory faster than it can be sent: `cutover` freezes it then and sends what is left, `next-strategy` goes on with the next one of the list, `abort` leaves it where it is. The default is cutover, and next-strategy where the plan gives a budget for the downtime.","enum":["cutover","next-strategy","abort"]},"throttle":{"title":"Throttle","description":"A share of one CPU, such as 30%. A container that changes its memory too fast for pre-copy gets no more than this until it is frozen. Without it no container is slowed down.","type":"string","pattern":"^[1-9][0-9]?%$"},"connections":{"title":"ConnectionsWord","description":"What becomes of established TCP connections in a stateful move. `keep` is the default.","enum":["keep","close"]},"state":{"title":"StateWord","description":"What the container should be doing where it belongs. `running` starts it when it is stopped, `stopped` stops it, and `parked` freezes it to disk with its memory, where it survives a reboot of its host, until the plan says `running`. Without it, it stays as it is found.","enum":["running","stopped","parked"]},"folder":{"title":"Folder","description":"The path of a folder from the root on (without ..), such as /srv/checkpoints.","type":"string","pattern":"^(?!.*/\\.\\.?(?:/|$))(?:/[^/\\u0000-\\u001f\\u007f]+)+$"},"checkpoints":{"title":"CheckpointsDocument","description":"Checkpoints that are kept on the container's host, and for how long.","type":"object","additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"every":{"description":"How often `cm watch` makes one. Without it, it makes none.","$ref":"#/definitions/duration"},"keep":{"description":"How many there may be. The default is 5 where there is an `every` and no other limit, and as many as there are otherwise.","type":"integer","minimum":1,"maximum":9999},"maxAge":{"description":"How old they may become. The last one of a container is kept however old it is.","$ref":"#/definitions/age"},"maxSize":{"description":"How much of the disk all of them may take. The last one of a container is kept however large it is.","$ref":"#/definitions/size"},"in":{"description":"The folder on the container's host that they are kept in, in a folder `cm-checkpoints` of its own. No container may have it mounted. The default is /var/lib/cm/checkpoints.","$ref":"#/definitions/folder"}}},"verify":{"title":"VerifyDocument","description":"What must be true of the container on the target before the move is committed.","type":"object","additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"tcp":{"description":"A port that must accept a connection.","type":"integer","minimum":1,"maximum":65535},"http":{"description":"A URL that must answer 2xx or 3xx, asked from the target host. One with `{address}`, which stands for the container's address, is asked from inside the container's network.","$ref":"#/definitions/url"},"exec":{"description":"A command that is run inside the container and must exit with 0.","$ref":"#/definitions/argv"},"files":{"description":"How the files of both hosts are compared after the last copy and before the copy starts: by type, size, mode, owner, time, link targets, hard links, extended attributes, ACLs and file capabilities (`metadata`, the default), or by their content, too (`digest`), which reads all of them on both hosts while the container does not serve. A difference is a failure that is undone.","enum":["metadata","digest"]},"within":{"description":"How long to go on trying until all of them have succeeded once. The default is 30s.","$ref":"#/definitions/duration"}}},"volumes":{"title":"VolumesDocument","description":"What becomes of each volume or bind mount, by its name or by where it is mounted. `sync` (the default) copies it and refuses to replace files that the target has, `overwrite` copies it and replaces them, `shared` says that both hosts mount it, `skip` leaves it behind. A volume with a driver or options of its own is never copied; both hosts must have it with the same ones.","type":"object","propertyNames":{"title":"Volume","description":"The name of a volume, or the absolute path where it is mounted in the container.","pattern":"^(?:/[^\\u0000-\\u001f\\u007f]*|[a-zA-Z0-9][a-zA-Z0-9_.-]*)$"},"additionalProperties":{"enum":["sync","overwrite","shared","skip"]}},"allow":{"title":"AllowDocument","description":"What the copy may have that gives it power over the target, each as the refusal of a move names it: `privileged`, `host-pid`, `capability:SYS_ADMIN`, `device:/dev/kvm`, `bind:/usr/local/bin`, or with `:ro` only to read. Nothing else of the kind is moved. A container's own list takes the place of that in `defaults`.","type":"array","items":{"$ref":"#/definitions/allowWord"}},"allowWord":{"title":"Power","description":"A word such as privileged, host-pid, capability:SYS_ADMIN, device:/dev/kvm or bind:/usr/local/bin, as the refusal of the move names it.","type":"string","pattern":"^(?:privileged|host-mount|host-pid|host-ipc|host-uts|host-user|seccomp-unconfined|seccomp-profile|apparmor-unconfined|selinux-unconfined|unmasked|(?:namespace|capability|device|device-rule|seccomp|apparmor|selinux|security-opt|bind|mount|init|log|hosts-file|hook|annotation|cgroup):[^\\u0000-\\u001f\\u007f]+)$"},"hook":{"title":"HookDocument","description":"A command of your own that is run at a point of the move.","type":"object","additionalProperties":false,"required":["run"],"patternProperties":{"^x-":{}},"properties":{"run":{"description":"The program and its words, as a list. No shell reads it.","$ref":"#/definitions/argv"},"on":{"description":"Where it is run. The default is `runner`, the machine that runs cm.","enum":["runner","source","target","container"]},"in":{"description":"Another way to write `on: container`.","enum":["container"]},"env":{"description":"Variables for the command. Their values stand on no command line, where every user of a host can read the words of `run`.","type":"object","propertyNames":{"title":"Variable name","description":"Letters, digits and `_`, not beginning with a digit or with `CM_`.","pattern":"^(?!CM_)[A-Za-z_][A-Za-z0-9_]*$"},"additionalProperties":{"$ref":"#/definitions/word"}},"timeout":{"description":"How long it may run. The default is 60s.","$ref":"#/definitions/duration"},"onFailure":{"description":"What a failing hook does. `stop` (the default) fails the step; `continue` is a warning.","enum":["stop","continue"]},"undo":{"description":"The command that takes it back, for `redirect` only.","$ref":"#/definitions/argv"}}},"hookPoint":{"title":"HookPointDocument","description":"A hook, or a list of hooks that are run in order.","anyOf":[{"$ref":"#/definitions/hook"},{"type":"array","minItems":1,"items":{"$ref":"#/definitions/hook"}}]},"hooks":{"title":"HooksDocument","description":"Commands of your own around the move of a container.","type":"object","additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"before":{"description":"Before anything of the move is begun.","$ref":"#/definitions/hookPoint"},"beforeFreeze":{"description":"Just before the container stops serving.","$ref":"#/definitions/hookPoint"},"afterRestore":{"description":"When it runs on the target, before it is verified.","$ref":"#/definitions/hookPoint"},"redirect":{"description":"At the commit, to point the network at the target; takes an `undo`.","$ref":"#/definitions/hookPoint"},"after":{"description":"When the move is committed.","$ref":"#/definitions/hookPoint"},"onFailure":{"description":"When the move has failed.","$ref":"#/definitions/hookPoint"},"onRollback":{"description":"When the container is back on the source after a failure.","$ref":"#/definitions/hookPoint"}}},"planHooks":{"title":"PlanHooksDocument","description":"Commands of your own around the whole run. They run on the machine that runs cm.","type":"object","additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"before":{"description":"Before the first change is begun.","$ref":"#/definitions/hookPoint"},"after":{"description":"When every change has been made.","$ref":"#/definitions/hookPoint"},"onFailure":{"description":"When a change has failed.","$ref":"#/definitions/hookPoint"}}},"defaults":{"title":"DefaultsDocument","description":"Settings for every container and host that does not say otherwise.","type":"object","additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"state":{"$ref":"#/definitions/state"},"strategy":{"$ref":"#/definitions/strategy"},"budget":{"$ref":"#/definitions/budget"},"onNoConverge":{"$ref":"#/definitions/noConvergeWord"},"stopTimeout":{"description":"How long it may take to end when it is stopped. The default is what it was made with (`--stop-timeout`), mostly 10s.","$ref":"#/definitions/duration"},"onStopTimeout":{"$ref":"#/definitions/stopTimeoutWord"},"throttle":{"$ref":"#/definitions/throttle"},"connections":{"$ref":"#/definitions/connections"},"verify":{"$ref":"#/definitions/verify"},"checkpoints":{"$ref":"#/definitions/checkpoints"},"volumes":{"$ref":"#/definitions/volumes"},"allow":{"$ref":"#/definitions/allow"},"hooks":{"$ref":"#/definitions/hooks"},"ssh":{"$ref":"#/definitions/ssh"}}},"container":{"title":"ContainerDocument","description":"A container and the host it belongs on.","type":"object","additionalProperties":false,"required":["on"],"patternProperties":{"^x-":{}},"properties":{"on":{"description":"The host it belongs on.","$ref":"#/definitions/word"},"state":{"$ref":"#/definitions/state"},"strategy":{"$ref":"#/definitions/strategy"},"budget":{"$ref":"#/definitions/budget"},"onNoConverge":{"$ref":"#/definitions/noConvergeWord"},"stopTimeout":{"description":"How long it may take to end when it is stopped. The default is what it was made with (`--stop-timeout`), mostly 10s.","$ref":"#/definitions/duration"},"onStopTimeout":{"$ref":"#/definitions/stopTimeoutWord"},"throttle":{"$ref":"#/definitions/throttle"},"connections":{"$ref":"#/definitions/connections"},"verify":{"$ref":"#/definitions/verify"},"checkpoints":{"$ref":"#/definitions/checkpoints"},"dependsOn":{"description":"Containers whose moves are committed before this one begins.","type":"array","items":{"$ref":"#/definitions/word"}},"volumes":{"$ref":"#/definitions/volumes"},"allow":{"$ref":"#/definitions/allow"},"hooks":{"$ref":"#/definitions/hooks"}}},"limits":{"title":"LimitsDocument","description":"How much is done at the same time, and how fast.","type":"object","additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"parallel":{"description":"Changes under way at the same time. The default is 4.","type":"integer","minimum":1},"perHost":{"description":"Changes a host takes part in at the same time. The default is 1. From the first round or the freeze to the restore a move of memory has its hosts to itself, however many there are.","type":"integer","minimum":1},"bandwidth":{"description":"How fast each stream may be. Without it, as fast as the link is.","$ref":"#/definitions/rate"}}}}};
const func2 = Object.prototype.hasOwnProperty;
const pattern0 = new RegExp("^x-", "u");
const pattern1 = new RegExp("^[a-zA-Z0-9][a-zA-Z0-9_.-]*$", "u");
const schema7 = {"title":"Plan name","description":"Letters, digits, `_`, `.` and `-`, beginning with a letter or a digit. Reports, leases and the journal call the plan by it.","type":"string","maxLength":200,"pattern":"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"};

function validate22(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(typeof data === "string"){
if(data.length > 200){
const err0 = {instancePath,schemaPath:"#/maxLength",keyword:"maxLength",params:{limit: 200},message:"must NOT have more than 200 characters",schema:200,parentSchema:schema7,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(!pattern1.test(data)){
const err1 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"},message:"must match pattern \""+"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"+"\"",schema:"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$",parentSchema:schema7,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
else {
const err2 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema7.type,parentSchema:schema7,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
validate22.errors = vErrors;
return errors === 0;
}

const schema8 = {"title":"HostDocument","description":"A machine that containers run on.","type":"object","additionalProperties":false,"required":["address"],"patternProperties":{"^x-":{}},"properties":{"address":{"description":"How to reach it: the word local, an ssh_config alias, or user@host:port.","$ref":"#/definitions/address"},"peerAddress":{"$ref":"#/definitions/peerAddress"},"engine":{"description":"The container engine. Without it the host is probed for podman and docker; `runc` and `crun`, for OCI bundles under a supervisor of their own, are never found by probing, since they lie beneath both.","enum":["podman","docker","runc","crun"]},"labels":{"description":"Words about the host, for people and for choosing it.","type":"object","propertyNames":{"title":"Name","description":"Letters, digits, `_`, `.` and `-`, beginning with a letter or a digit.","maxLength":200,"pattern":"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"},"additionalProperties":{"$ref":"#/definitions/label"}},"ssh":{"$ref":"#/definitions/ssh"}}};
const schema9 = {"title":"Address","description":"The word local, an ssh_config alias, or user@host:port, of which user and port may be left out.","type":"string","pattern":"^(?:[^\\s\\u0000-\\u001f\\u007f@-][^\\s\\u0000-\\u001f\\u007f@]*@)?[^\\s\\u0000-\\u001f\\u007f@-][^\\s\\u0000-\\u001f\\u007f@]*$"};
const pattern4 = new RegExp("^(?:[^\\s\\u0000-\\u001f\\u007f@-][^\\s\\u0000-\\u001f\\u007f@]*@)?[^\\s\\u0000-\\u001f\\u007f@-][^\\s\\u0000-\\u001f\\u007f@]*$", "u");

function validate25(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(typeof data === "string"){
if(!pattern4.test(data)){
const err0 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^(?:[^\\s\\u0000-\\u001f\\u007f@-][^\\s\\u0000-\\u001f\\u007f@]*@)?[^\\s\\u0000-\\u001f\\u007f@-][^\\s\\u0000-\\u001f\\u007f@]*$"},message:"must match pattern \""+"^(?:[^\\s\\u0000-\\u001f\\u007f@-][^\\s\\u0000-\\u001f\\u007f@]*@)?[^\\s\\u0000-\\u001f\\u007f@-][^\\s\\u0000-\\u001f\\u007f@]*$"+"\"",schema:"^(?:[^\\s\\u0000-\\u001f\\u007f@-][^\\s\\u0000-\\u001f\\u007f@]*@)?[^\\s\\u0000-\\u001f\\u007f@-][^\\s\\u0000-\\u001f\\u007f@]*$",parentSchema:schema9,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema9.type,parentSchema:schema9,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate25.errors = vErrors;
return errors === 0;
}

const schema10 = {"title":"Peer address","description":"Where the other hosts reach this one, as host or host:port, when that is not its address.","type":"string","pattern":"^[^\\s\\u0000-\\u001f\\u007f@-][^\\s\\u0000-\\u001f\\u007f@]*$"};
const pattern5 = new RegExp("^[^\\s\\u0000-\\u001f\\u007f@-][^\\s\\u0000-\\u001f\\u007f@]*$", "u");

function validate27(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(typeof data === "string"){
if(!pattern5.test(data)){
const err0 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^[^\\s\\u0000-\\u001f\\u007f@-][^\\s\\u0000-\\u001f\\u007f@]*$"},message:"must match pattern \""+"^[^\\s\\u0000-\\u001f\\u007f@-][^\\s\\u0000-\\u001f\\u007f@]*$"+"\"",schema:"^[^\\s\\u0000-\\u001f\\u007f@-][^\\s\\u0000-\\u001f\\u007f@]*$",parentSchema:schema10,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema10.type,parentSchema:schema10,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate27.errors = vErrors;
return errors === 0;
}

const schema11 = {"title":"Label","description":"One line of text.","type":"string","pattern":"^[^\\u0000-\\u001f\\u007f]*$"};
const pattern7 = new RegExp("^[^\\u0000-\\u001f\\u007f]*$", "u");

function validate29(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(typeof data === "string"){
if(!pattern7.test(data)){
const err0 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f\\u007f]*$"},message:"must match pattern \""+"^[^\\u0000-\\u001f\\u007f]*$"+"\"",schema:"^[^\\u0000-\\u001f\\u007f]*$",parentSchema:schema11,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.type,parentSchema:schema11,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate29.errors = vErrors;
return errors === 0;
}

const schema12 = {"title":"SshDocument","description":"Files for ssh, relative to the plan file. What is not named is taken from OpenSSH's own configuration.","type":"object","additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"config":{"description":"An ssh_config file to use in place of the user's own.","$ref":"#/definitions/path"},"identity":{"description":"A private key.","$ref":"#/definitions/path"},"knownHosts":{"description":"A known_hosts file with the keys of the hosts.","$ref":"#/definitions/path"}}};
const schema13 = {"title":"Path","description":"A file, relative to the folder of the plan file.","type":"string","pattern":"^[^\\u0000-\\u001f\\u007f]+$"};
const pattern9 = new RegExp("^[^\\u0000-\\u001f\\u007f]+$", "u");

function validate32(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(typeof data === "string"){
if(!pattern9.test(data)){
const err0 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f\\u007f]+$"},message:"must match pattern \""+"^[^\\u0000-\\u001f\\u007f]+$"+"\"",schema:"^[^\\u0000-\\u001f\\u007f]+$",parentSchema:schema13,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema13.type,parentSchema:schema13,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate32.errors = vErrors;
return errors === 0;
}


function validate31(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((key0 === "config") || (key0 === "identity")) || (key0 === "knownHosts")) || (pattern0.test(key0)))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema12,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.config !== undefined){
if(!(validate32(data.config, {instancePath:instancePath+"/config",parentData:data,parentDataProperty:"config",rootData}))){
vErrors = vErrors === null ? validate32.errors : vErrors.concat(validate32.errors);
errors = vErrors.length;
}
}
if(data.identity !== undefined){
if(!(validate32(data.identity, {instancePath:instancePath+"/identity",parentData:data,parentDataProperty:"identity",rootData}))){
vErrors = vErrors === null ? validate32.errors : vErrors.concat(validate32.errors);
errors = vErrors.length;
}
}
if(data.knownHosts !== undefined){
if(!(validate32(data.knownHosts, {instancePath:instancePath+"/knownHosts",parentData:data,parentDataProperty:"knownHosts",rootData}))){
vErrors = vErrors === null ? validate32.errors : vErrors.concat(validate32.errors);
errors = vErrors.length;
}
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema12.type,parentSchema:schema12,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate31.errors = vErrors;
return errors === 0;
}


function validate24(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.address === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "address"},message:"must have required property '"+"address"+"'",schema:schema8.required,parentSchema:schema8,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((((((key0 === "address") || (key0 === "peerAddress")) || (key0 === "engine")) || (key0 === "labels")) || (key0 === "ssh")) || (pattern0.test(key0)))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema8,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.address !== undefined){
if(!(validate25(data.address, {instancePath:instancePath+"/address",parentData:data,parentDataProperty:"address",rootData}))){
vErrors = vErrors === null ? validate25.errors : vErrors.concat(validate25.errors);
errors = vErrors.length;
}
}
if(data.peerAddress !== undefined){
if(!(validate27(data.peerAddress, {instancePath:instancePath+"/peerAddress",parentData:data,parentDataProperty:"peerAddress",rootData}))){
vErrors = vErrors === null ? validate27.errors : vErrors.concat(validate27.errors);
errors = vErrors.length;
}
}
if(data.engine !== undefined){
let data2 = data.engine;
if(!((((data2 === "podman") || (data2 === "docker")) || (data2 === "runc")) || (data2 === "crun"))){
const err2 = {instancePath:instancePath+"/engine",schemaPath:"#/properties/engine/enum",keyword:"enum",params:{allowedValues: schema8.properties.engine.enum},message:"must be equal to one of the allowed values",schema:schema8.properties.engine.enum,parentSchema:schema8.properties.engine,data:data2};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.labels !== undefined){
let data3 = data.labels;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
for(const key1 in data3){
const _errs7 = errors;
if(typeof key1 === "string"){
if(key1.length > 200){
const err3 = {instancePath:instancePath+"/labels",schemaPath:"#/properties/labels/propertyNames/maxLength",keyword:"maxLength",params:{limit: 200},message:"must NOT have more than 200 characters",schema:200,parentSchema:schema8.properties.labels.propertyNames,data:key1,propertyName:key1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!pattern1.test(key1)){
const err4 = {instancePath:instancePath+"/labels",schemaPath:"#/properties/labels/propertyNames/pattern",keyword:"pattern",params:{pattern: "^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"},message:"must match pattern \""+"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"+"\"",schema:"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$",parentSchema:schema8.properties.labels.propertyNames,data:key1,propertyName:key1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
var valid1 = _errs7 === errors;
if(!valid1){
const err5 = {instancePath:instancePath+"/labels",schemaPath:"#/properties/labels/propertyNames",keyword:"propertyNames",params:{propertyName: key1},message:"property name must be valid",schema:schema8.properties.labels.propertyNames,parentSchema:schema8.properties.labels,data:data3};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
for(const key2 in data3){
if(!(validate29(data3[key2], {instancePath:instancePath+"/labels/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data3,parentDataProperty:key2,rootData}))){
vErrors = vErrors === null ? validate29.errors : vErrors.concat(validate29.errors);
errors = vErrors.length;
}
}
}
else {
const err6 = {instancePath:instancePath+"/labels",schemaPath:"#/properties/labels/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema8.properties.labels.type,parentSchema:schema8.properties.labels,data:data3};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.ssh !== undefined){
if(!(validate31(data.ssh, {instancePath:instancePath+"/ssh",parentData:data,parentDataProperty:"ssh",rootData}))){
vErrors = vErrors === null ? validate31.errors : vErrors.concat(validate31.errors);
errors = vErrors.length;
}
}
}
else {
const err7 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema8.type,parentSchema:schema8,data};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
validate24.errors = vErrors;
return errors === 0;
}

const schema14 = {"title":"DefaultsDocument","description":"Settings for every container and host that does not say otherwise.","type":"object","additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"state":{"$ref":"#/definitions/state"},"strategy":{"$ref":"#/definitions/strategy"},"budget":{"$ref":"#/definitions/budget"},"onNoConverge":{"$ref":"#/definitions/noConvergeWord"},"stopTimeout":{"description":"How long it may take to end when it is stopped. The default is what it was made with (`--stop-timeout`), mostly 10s.","$ref":"#/definitions/duration"},"onStopTimeout":{"$ref":"#/definitions/stopTimeoutWord"},"throttle":{"$ref":"#/definitions/throttle"},"connections":{"$ref":"#/definitions/connections"},"verify":{"$ref":"#/definitions/verify"},"checkpoints":{"$ref":"#/definitions/checkpoints"},"volumes":{"$ref":"#/definitions/volumes"},"allow":{"$ref":"#/definitions/allow"},"hooks":{"$ref":"#/definitions/hooks"},"ssh":{"$ref":"#/definitions/ssh"}}};
const schema15 = {"title":"StateWord","description":"What the container should be doing where it belongs. `running` starts it when it is stopped, `stopped` stops it, and `parked` freezes it to disk with its memory, where it survives a reboot of its host, until the plan says `running`. Without it, it stays as it is found.","enum":["running","stopped","parked"]};

function validate39(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(!(((data === "running") || (data === "stopped")) || (data === "parked"))){
const err0 = {instancePath,schemaPath:"#/enum",keyword:"enum",params:{allowedValues: schema15.enum},message:"must be equal to one of the allowed values",schema:schema15.enum,parentSchema:schema15,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
validate39.errors = vErrors;
return errors === 0;
}

const schema16 = {"title":"StrategyDocument","description":"How the container may be moved: one word, or a list, best first, of which the first that can be done within the budget is taken. The default is [stateful, cold].","anyOf":[{"$ref":"#/definitions/strategyWord"},{"type":"array","minItems":1,"items":{"$ref":"#/definitions/strategyWord"}}]};
const schema17 = {"title":"StrategyWord","description":"One way of moving a container. `cold` stops it and starts it on the target; `stateful` carries its memory over; `pre-copy` does that while it still runs.","enum":["cold","stateful","pre-copy"]};

function validate42(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(!(((data === "cold") || (data === "stateful")) || (data === "pre-copy"))){
const err0 = {instancePath,schemaPath:"#/enum",keyword:"enum",params:{allowedValues: schema17.enum},message:"must be equal to one of the allowed values",schema:schema17.enum,parentSchema:schema17,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
validate42.errors = vErrors;
return errors === 0;
}


function validate41(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
const _errs0 = errors;
let valid0 = false;
const _errs1 = errors;
if(!(validate42(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate42.errors : vErrors.concat(validate42.errors);
errors = vErrors.length;
}
var _valid0 = _errs1 === errors;
valid0 = valid0 || _valid0;
if(!valid0){
const _errs2 = errors;
if(Array.isArray(data)){
if(data.length < 1){
const err0 = {instancePath,schemaPath:"#/anyOf/1/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema16.anyOf[1],data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
if(!(validate42(data[i0], {instancePath:instancePath+"/" + i0,parentData:data,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate42.errors : vErrors.concat(validate42.errors);
errors = vErrors.length;
}
}
}
else {
const err1 = {instancePath,schemaPath:"#/anyOf/1/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema16.anyOf[1].type,parentSchema:schema16.anyOf[1],data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
var _valid0 = _errs2 === errors;
valid0 = valid0 || _valid0;
}
if(!valid0){
const err2 = {instancePath,schemaPath:"#/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema16.anyOf,parentSchema:schema16,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
else {
errors = _errs0;
if(vErrors !== null){
if(_errs0){
vErrors.length = _errs0;
}
else {
vErrors = null;
}
}
}
validate41.errors = vErrors;
return errors === 0;
}

const schema18 = {"title":"BudgetDocument","description":"How long a move may take. It is predicted before the freeze; over it, the next strategy is taken or nothing is touched.","type":"object","additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"downtime":{"description":"How long the container may be without service.","$ref":"#/definitions/duration"},"total":{"description":"How long the whole move may take.","$ref":"#/definitions/duration"},"maxSent":{"description":"How much memory pre-copy may send before the freeze. The default is three times what the container has.","$ref":"#/definitions/size"},"maxRounds":{"description":"How many rounds pre-copy may take before the freeze. The default is 8.","type":"integer","minimum":1,"maximum":99}}};
const schema19 = {"title":"Duration","description":"A number and ms, s, m or h, such as 500ms, 90s, 15m or 2h (at most 99h).","type":"string","pattern":"^(?=.*[1-9])(?:[0-9]{1,9}ms|[0-9]{1,6}(?:\\.[0-9]{1,3})?s|[0-9]{1,4}(?:\\.[0-9]{1,3})?m|[0-9]{1,2}(?:\\.[0-9]{1,3})?h)$"};
const pattern12 = new RegExp("^(?=.*[1-9])(?:[0-9]{1,9}ms|[0-9]{1,6}(?:\\.[0-9]{1,3})?s|[0-9]{1,4}(?:\\.[0-9]{1,3})?m|[0-9]{1,2}(?:\\.[0-9]{1,3})?h)$", "u");

function validate47(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(typeof data === "string"){
if(!pattern12.test(data)){
const err0 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^(?=.*[1-9])(?:[0-9]{1,9}ms|[0-9]{1,6}(?:\\.[0-9]{1,3})?s|[0-9]{1,4}(?:\\.[0-9]{1,3})?m|[0-9]{1,2}(?:\\.[0-9]{1,3})?h)$"},message:"must match pattern \""+"^(?=.*[1-9])(?:[0-9]{1,9}ms|[0-9]{1,6}(?:\\.[0-9]{1,3})?s|[0-9]{1,4}(?:\\.[0-9]{1,3})?m|[0-9]{1,2}(?:\\.[0-9]{1,3})?h)$"+"\"",schema:"^(?=.*[1-9])(?:[0-9]{1,9}ms|[0-9]{1,6}(?:\\.[0-9]{1,3})?s|[0-9]{1,4}(?:\\.[0-9]{1,3})?m|[0-9]{1,2}(?:\\.[0-9]{1,3})?h)$",parentSchema:schema19,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema19.type,parentSchema:schema19,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate47.errors = vErrors;
return errors === 0;
}

const schema20 = {"title":"Size","description":"An amount in bytes, such as 512MiB or 1.5GB.","type":"string","pattern":"^(?=.*[1-9])[0-9]{1,6}(?:\\.[0-9]{1,3})?(?:[kMGT]?B|[KMGT]iB)$"};
const pattern13 = new RegExp("^(?=.*[1-9])[0-9]{1,6}(?:\\.[0-9]{1,3})?(?:[kMGT]?B|[KMGT]iB)$", "u");

function validate50(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(typeof data === "string"){
if(!pattern13.test(data)){
const err0 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^(?=.*[1-9])[0-9]{1,6}(?:\\.[0-9]{1,3})?(?:[kMGT]?B|[KMGT]iB)$"},message:"must match pattern \""+"^(?=.*[1-9])[0-9]{1,6}(?:\\.[0-9]{1,3})?(?:[kMGT]?B|[KMGT]iB)$"+"\"",schema:"^(?=.*[1-9])[0-9]{1,6}(?:\\.[0-9]{1,3})?(?:[kMGT]?B|[KMGT]iB)$",parentSchema:schema20,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema20.type,parentSchema:schema20,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate50.errors = vErrors;
return errors === 0;
}


function validate46(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((((key0 === "downtime") || (key0 === "total")) || (key0 === "maxSent")) || (key0 === "maxRounds")) || (pattern0.test(key0)))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema18,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.downtime !== undefined){
if(!(validate47(data.downtime, {instancePath:instancePath+"/downtime",parentData:data,parentDataProperty:"downtime",rootData}))){
vErrors = vErrors === null ? validate47.errors : vErrors.concat(validate47.errors);
errors = vErrors.length;
}
}
if(data.total !== undefined){
if(!(validate47(data.total, {instancePath:instancePath+"/total",parentData:data,parentDataProperty:"total",rootData}))){
vErrors = vErrors === null ? validate47.errors : vErrors.concat(validate47.errors);
errors = vErrors.length;
}
}
if(data.maxSent !== undefined){
if(!(validate50(data.maxSent, {instancePath:instancePath+"/maxSent",parentData:data,parentDataProperty:"maxSent",rootData}))){
vErrors = vErrors === null ? validate50.errors : vErrors.concat(validate50.errors);
errors = vErrors.length;
}
}
if(data.maxRounds !== undefined){
let data3 = data.maxRounds;
if(!((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3)))){
const err1 = {instancePath:instancePath+"/maxRounds",schemaPath:"#/properties/maxRounds/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema18.properties.maxRounds.type,parentSchema:schema18.properties.maxRounds,data:data3};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(typeof data3 == "number"){
if(data3 > 99 || isNaN(data3)){
const err2 = {instancePath:instancePath+"/maxRounds",schemaPath:"#/properties/maxRounds/maximum",keyword:"maximum",params:{comparison: "<=", limit: 99},message:"must be <= 99",schema:99,parentSchema:schema18.properties.maxRounds,data:data3};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data3 < 1 || isNaN(data3)){
const err3 = {instancePath:instancePath+"/maxRounds",schemaPath:"#/properties/maxRounds/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema18.properties.maxRounds,data:data3};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
}
}
else {
const err4 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema18.type,parentSchema:schema18,data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
validate46.errors = vErrors;
return errors === 0;
}

const schema21 = {"title":"NoConvergeWord","description":"What happens when pre-copy does not come near enough to its end, since the container changes its memory faster than it can be sent: `cutover` freezes it then and sends what is left, `next-strategy` goes on with the next one of the list, `abort` leaves it where it is. The default is cutover, and next-strategy where the plan gives a budget for the downtime.","enum":["cutover","next-strategy","abort"]};

function validate53(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(!(((data === "cutover") || (data === "next-strategy")) || (data === "abort"))){
const err0 = {instancePath,schemaPath:"#/enum",keyword:"enum",params:{allowedValues: schema21.enum},message:"must be equal to one of the allowed values",schema:schema21.enum,parentSchema:schema21,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
validate53.errors = vErrors;
return errors === 0;
}

const schema22 = {"title":"StopTimeoutWord","description":"What happens when a container does not end within its `stopTimeout`: `abort` does not kill it, and starts it again once it has ended; `kill` kills it and goes on, whatever it held. The default is abort.","enum":["abort","kill"]};

function validate56(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(!((data === "abort") || (data === "kill"))){
const err0 = {instancePath,schemaPath:"#/enum",keyword:"enum",params:{allowedValues: schema22.enum},message:"must be equal to one of the allowed values",schema:schema22.enum,parentSchema:schema22,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
validate56.errors = vErrors;
return errors === 0;
}

const schema23 = {"title":"Throttle","description":"A share of one CPU, such as 30%. A container that changes its memory too fast for pre-copy gets no more than this until it is frozen. Without it no container is slowed down.","type":"string","pattern":"^[1-9][0-9]?%$"};
const pattern14 = new RegExp("^[1-9][0-9]?%$", "u");

function validate58(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(typeof data === "string"){
if(!pattern14.test(data)){
const err0 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]?%$"},message:"must match pattern \""+"^[1-9][0-9]?%$"+"\"",schema:"^[1-9][0-9]?%$",parentSchema:schema23,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema23.type,parentSchema:schema23,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate58.errors = vErrors;
return errors === 0;
}

const schema24 = {"title":"ConnectionsWord","description":"What becomes of established TCP connections in a stateful move. `keep` is the default.","enum":["keep","close"]};

function validate60(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(!((data === "keep") || (data === "close"))){
const err0 = {instancePath,schemaPath:"#/enum",keyword:"enum",params:{allowedValues: schema24.enum},message:"must be equal to one of the allowed values",schema:schema24.enum,parentSchema:schema24,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
validate60.errors = vErrors;
return errors === 0;
}

const schema25 = {"title":"VerifyDocument","description":"What must be true of the container on the target before the move is committed.","type":"object","additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"tcp":{"description":"A port that must accept a connection.","type":"integer","minimum":1,"maximum":65535},"http":{"description":"A URL that must answer 2xx or 3xx, asked from the target host. One with `{address}`, which stands for the container's address, is asked from inside the container's network.","$ref":"#/definitions/url"},"exec":{"description":"A command that is run inside the container and must exit with 0.","$ref":"#/definitions/argv"},"files":{"description":"How the files of both hosts are compared after the last copy and before the copy starts: by type, size, mode, owner, time, link targets, hard links, extended attributes, ACLs and file capabilities (`metadata`, the default), or by their content, too (`digest`), which reads all of them on both hosts while the container does not serve. A difference is a failure that is undone.","enum":["metadata","digest"]},"within":{"description":"How long to go on trying until all of them have succeeded once. The default is 30s.","$ref":"#/definitions/duration"}}};
const schema26 = {"title":"URL","description":"Something that begins with http:// or https:// and has no spaces.","type":"string","pattern":"^https?://[^\\s\\u0000-\\u001f\\u007f]+$"};
const pattern16 = new RegExp("^https?://[^\\s\\u0000-\\u001f\\u007f]+$", "u");

function validate63(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(typeof data === "string"){
if(!pattern16.test(data)){
const err0 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^https?://[^\\s\\u0000-\\u001f\\u007f]+$"},message:"must match pattern \""+"^https?://[^\\s\\u0000-\\u001f\\u007f]+$"+"\"",schema:"^https?://[^\\s\\u0000-\\u001f\\u007f]+$",parentSchema:schema26,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema26.type,parentSchema:schema26,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate63.errors = vErrors;
return errors === 0;
}

const schema27 = {"title":"Command","description":"A list of the program and its words, such as [\"systemctl\", \"reload\", \"nginx\"]. No shell reads it.","type":"array","minItems":1,"items":[{"$ref":"#/definitions/program"}],"additionalItems":{"$ref":"#/definitions/word"}};
const schema28 = {"title":"Word","description":"Text without a NUL character.","type":"string","pattern":"^[^\\u0000]*$"};
const pattern17 = new RegExp("^[^\\u0000]*$", "u");

function validate66(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(typeof data === "string"){
if(!pattern17.test(data)){
const err0 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000]*$"},message:"must match pattern \""+"^[^\\u0000]*$"+"\"",schema:"^[^\\u0000]*$",parentSchema:schema28,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema28.type,parentSchema:schema28,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate66.errors = vErrors;
return errors === 0;
}

const schema29 = {"title":"Program","description":"The name or path of a program, with nothing else in it.","type":"string","pattern":"^[^\\u0000]+$"};
const pattern18 = new RegExp("^[^\\u0000]+$", "u");

function validate68(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(typeof data === "string"){
if(!pattern18.test(data)){
const err0 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000]+$"},message:"must match pattern \""+"^[^\\u0000]+$"+"\"",schema:"^[^\\u0000]+$",parentSchema:schema29,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema29.type,parentSchema:schema29,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate68.errors = vErrors;
return errors === 0;
}


function validate65(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(Array.isArray(data)){
if(data.length < 1){
const err0 = {instancePath,schemaPath:"#/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema27,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
const len0 = data.length;
var valid0 = len0 <= 1;
if(!valid0){
for(let i0=1; i0<len0; i0++){
const _errs1 = errors;
if(!(validate66(data[i0], {instancePath:instancePath+"/" + i0,parentData:data,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate66.errors : vErrors.concat(validate66.errors);
errors = vErrors.length;
}
var valid0 = _errs1 === errors;
}
}
const len1 = data.length;
if(len1 > 0){
if(!(validate68(data[0], {instancePath:instancePath+"/0",parentData:data,parentDataProperty:0,rootData}))){
vErrors = vErrors === null ? validate68.errors : vErrors.concat(validate68.errors);
errors = vErrors.length;
}
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema27.type,parentSchema:schema27,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate65.errors = vErrors;
return errors === 0;
}


function validate62(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((((key0 === "tcp") || (key0 === "http")) || (key0 === "exec")) || (key0 === "files")) || (key0 === "within")) || (pattern0.test(key0)))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema25,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.tcp !== undefined){
let data0 = data.tcp;
if(!((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0)))){
const err1 = {instancePath:instancePath+"/tcp",schemaPath:"#/properties/tcp/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema25.properties.tcp.type,parentSchema:schema25.properties.tcp,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(typeof data0 == "number"){
if(data0 > 65535 || isNaN(data0)){
const err2 = {instancePath:instancePath+"/tcp",schemaPath:"#/properties/tcp/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535",schema:65535,parentSchema:schema25.properties.tcp,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0 < 1 || isNaN(data0)){
const err3 = {instancePath:instancePath+"/tcp",schemaPath:"#/properties/tcp/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema25.properties.tcp,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
}
if(data.http !== undefined){
if(!(validate63(data.http, {instancePath:instancePath+"/http",parentData:data,parentDataProperty:"http",rootData}))){
vErrors = vErrors === null ? validate63.errors : vErrors.concat(validate63.errors);
errors = vErrors.length;
}
}
if(data.exec !== undefined){
if(!(validate65(data.exec, {instancePath:instancePath+"/exec",parentData:data,parentDataProperty:"exec",rootData}))){
vErrors = vErrors === null ? validate65.errors : vErrors.concat(validate65.errors);
errors = vErrors.length;
}
}
if(data.files !== undefined){
let data3 = data.files;
if(!((data3 === "metadata") || (data3 === "digest"))){
const err4 = {instancePath:instancePath+"/files",schemaPath:"#/properties/files/enum",keyword:"enum",params:{allowedValues: schema25.properties.files.enum},message:"must be equal to one of the allowed values",schema:schema25.properties.files.enum,parentSchema:schema25.properties.files,data:data3};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.within !== undefined){
if(!(validate47(data.within, {instancePath:instancePath+"/within",parentData:data,parentDataProperty:"within",rootData}))){
vErrors = vErrors === null ? validate47.errors : vErrors.concat(validate47.errors);
errors = vErrors.length;
}
}
}
else {
const err5 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema25.type,parentSchema:schema25,data};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
validate62.errors = vErrors;
return errors === 0;
}

const schema30 = {"title":"CheckpointsDocument","description":"Checkpoints that are kept on the container's host, and for how long.","type":"object","additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"every":{"description":"How often `cm watch` makes one. Without it, it makes none.","$ref":"#/definitions/duration"},"keep":{"description":"How many there may be. The default is 5 where there is an `every` and no other limit, and as many as there are otherwise.","type":"integer","minimum":1,"maximum":9999},"maxAge":{"description":"How old they may become. The last one of a container is kept however old it is.","$ref":"#/definitions/age"},"maxSize":{"description":"How much of the disk all of them may take. The last one of a container is kept however large it is.","$ref":"#/definitions/size"},"in":{"description":"The folder on the container's host that they are kept in, in a folder `cm-checkpoints` of its own. No container may have it mounted. The default is /var/lib/cm/checkpoints.","$ref":"#/definitions/folder"}}};
const schema31 = {"title":"Age","description":"A number and s, m, h or d, such as 90m, 72h or 30d.","type":"string","pattern":"^(?=.*[1-9])[0-9]{1,4}(?:\\.[0-9]{1,3})?[smhd]$"};
const pattern20 = new RegExp("^(?=.*[1-9])[0-9]{1,4}(?:\\.[0-9]{1,3})?[smhd]$", "u");

function validate75(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(typeof data === "string"){
if(!pattern20.test(data)){
const err0 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^(?=.*[1-9])[0-9]{1,4}(?:\\.[0-9]{1,3})?[smhd]$"},message:"must match pattern \""+"^(?=.*[1-9])[0-9]{1,4}(?:\\.[0-9]{1,3})?[smhd]$"+"\"",schema:"^(?=.*[1-9])[0-9]{1,4}(?:\\.[0-9]{1,3})?[smhd]$",parentSchema:schema31,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.type,parentSchema:schema31,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate75.errors = vErrors;
return errors === 0;
}

const schema32 = {"title":"Folder","description":"The path of a folder from the root on (without ..), such as /srv/checkpoints.","type":"string","pattern":"^(?!.*/\\.\\.?(?:/|$))(?:/[^/\\u0000-\\u001f\\u007f]+)+$"};
const pattern21 = new RegExp("^(?!.*/\\.\\.?(?:/|$))(?:/[^/\\u0000-\\u001f\\u007f]+)+$", "u");

function validate78(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(typeof data === "string"){
if(!pattern21.test(data)){
const err0 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^(?!.*/\\.\\.?(?:/|$))(?:/[^/\\u0000-\\u001f\\u007f]+)+$"},message:"must match pattern \""+"^(?!.*/\\.\\.?(?:/|$))(?:/[^/\\u0000-\\u001f\\u007f]+)+$"+"\"",schema:"^(?!.*/\\.\\.?(?:/|$))(?:/[^/\\u0000-\\u001f\\u007f]+)+$",parentSchema:schema32,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema32.type,parentSchema:schema32,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate78.errors = vErrors;
return errors === 0;
}


function validate73(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((((key0 === "every") || (key0 === "keep")) || (key0 === "maxAge")) || (key0 === "maxSize")) || (key0 === "in")) || (pattern0.test(key0)))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema30,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.every !== undefined){
if(!(validate47(data.every, {instancePath:instancePath+"/every",parentData:data,parentDataProperty:"every",rootData}))){
vErrors = vErrors === null ? validate47.errors : vErrors.concat(validate47.errors);
errors = vErrors.length;
}
}
if(data.keep !== undefined){
let data1 = data.keep;
if(!((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1)))){
const err1 = {instancePath:instancePath+"/keep",schemaPath:"#/properties/keep/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema30.properties.keep.type,parentSchema:schema30.properties.keep,data:data1};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(typeof data1 == "number"){
if(data1 > 9999 || isNaN(data1)){
const err2 = {instancePath:instancePath+"/keep",schemaPath:"#/properties/keep/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9999},message:"must be <= 9999",schema:9999,parentSchema:schema30.properties.keep,data:data1};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data1 < 1 || isNaN(data1)){
const err3 = {instancePath:instancePath+"/keep",schemaPath:"#/properties/keep/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema30.properties.keep,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
}
if(data.maxAge !== undefined){
if(!(validate75(data.maxAge, {instancePath:instancePath+"/maxAge",parentData:data,parentDataProperty:"maxAge",rootData}))){
vErrors = vErrors === null ? validate75.errors : vErrors.concat(validate75.errors);
errors = vErrors.length;
}
}
if(data.maxSize !== undefined){
if(!(validate50(data.maxSize, {instancePath:instancePath+"/maxSize",parentData:data,parentDataProperty:"maxSize",rootData}))){
vErrors = vErrors === null ? validate50.errors : vErrors.concat(validate50.errors);
errors = vErrors.length;
}
}
if(data.in !== undefined){
if(!(validate78(data.in, {instancePath:instancePath+"/in",parentData:data,parentDataProperty:"in",rootData}))){
vErrors = vErrors === null ? validate78.errors : vErrors.concat(validate78.errors);
errors = vErrors.length;
}
}
}
else {
const err4 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema30.type,parentSchema:schema30,data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
validate73.errors = vErrors;
return errors === 0;
}

const schema33 = {"title":"VolumesDocument","description":"What becomes of each volume or bind mount, by its name or by where it is mounted. `sync` (the default) copies it and refuses to replace files that the target has, `overwrite` copies it and replaces them, `shared` says that both hosts mount it, `skip` leaves it behind. A volume with a driver or options of its own is never copied; both hosts must have it with the same ones.","type":"object","propertyNames":{"title":"Volume","description":"The name of a volume, or the absolute path where it is mounted in the container.","pattern":"^(?:/[^\\u0000-\\u001f\\u007f]*|[a-zA-Z0-9][a-zA-Z0-9_.-]*)$"},"additionalProperties":{"enum":["sync","overwrite","shared","skip"]}};
const pattern22 = new RegExp("^(?:/[^\\u0000-\\u001f\\u007f]*|[a-zA-Z0-9][a-zA-Z0-9_.-]*)$", "u");

function validate81(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
const _errs1 = errors;
if(typeof key0 === "string"){
if(!pattern22.test(key0)){
const err0 = {instancePath,schemaPath:"#/propertyNames/pattern",keyword:"pattern",params:{pattern: "^(?:/[^\\u0000-\\u001f\\u007f]*|[a-zA-Z0-9][a-zA-Z0-9_.-]*)$"},message:"must match pattern \""+"^(?:/[^\\u0000-\\u001f\\u007f]*|[a-zA-Z0-9][a-zA-Z0-9_.-]*)$"+"\"",schema:"^(?:/[^\\u0000-\\u001f\\u007f]*|[a-zA-Z0-9][a-zA-Z0-9_.-]*)$",parentSchema:schema33.propertyNames,data:key0,propertyName:key0};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
var valid0 = _errs1 === errors;
if(!valid0){
const err1 = {instancePath,schemaPath:"#/propertyNames",keyword:"propertyNames",params:{propertyName: key0},message:"property name must be valid",schema:schema33.propertyNames,parentSchema:schema33,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
for(const key1 in data){
let data0 = data[key1];
if(!((((data0 === "sync") || (data0 === "overwrite")) || (data0 === "shared")) || (data0 === "skip"))){
const err2 = {instancePath:instancePath+"/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/additionalProperties/enum",keyword:"enum",params:{allowedValues: schema33.additionalProperties.enum},message:"must be equal to one of the allowed values",schema:schema33.additionalProperties.enum,parentSchema:schema33.additionalProperties,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
}
else {
const err3 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema33.type,parentSchema:schema33,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
validate81.errors = vErrors;
return errors === 0;
}

const schema34 = {"title":"AllowDocument","description":"What the copy may have that gives it power over the target, each as the refusal of a move names it: `privileged`, `host-pid`, `capability:SYS_ADMIN`, `device:/dev/kvm`, `bind:/usr/local/bin`, or with `:ro` only to read. Nothing else of the kind is moved. A container's own list takes the place of that in `defaults`.","type":"array","items":{"$ref":"#/definitions/allowWord"}};
const schema35 = {"title":"Power","description":"A word such as privileged, host-pid, capability:SYS_ADMIN, device:/dev/kvm or bind:/usr/local/bin, as the refusal of the move names it.","type":"string","pattern":"^(?:privileged|host-mount|host-pid|host-ipc|host-uts|host-user|seccomp-unconfined|seccomp-profile|apparmor-unconfined|selinux-unconfined|unmasked|(?:namespace|capability|device|device-rule|seccomp|apparmor|selinux|security-opt|bind|mount|init|log|hosts-file|hook|annotation|cgroup):[^\\u0000-\\u001f\\u007f]+)$"};
const pattern23 = new RegExp("^(?:privileged|host-mount|host-pid|host-ipc|host-uts|host-user|seccomp-unconfined|seccomp-profile|apparmor-unconfined|selinux-unconfined|unmasked|(?:namespace|capability|device|device-rule|seccomp|apparmor|selinux|security-opt|bind|mount|init|log|hosts-file|hook|annotation|cgroup):[^\\u0000-\\u001f\\u007f]+)$", "u");

function validate84(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(typeof data === "string"){
if(!pattern23.test(data)){
const err0 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^(?:privileged|host-mount|host-pid|host-ipc|host-uts|host-user|seccomp-unconfined|seccomp-profile|apparmor-unconfined|selinux-unconfined|unmasked|(?:namespace|capability|device|device-rule|seccomp|apparmor|selinux|security-opt|bind|mount|init|log|hosts-file|hook|annotation|cgroup):[^\\u0000-\\u001f\\u007f]+)$"},message:"must match pattern \""+"^(?:privileged|host-mount|host-pid|host-ipc|host-uts|host-user|seccomp-unconfined|seccomp-profile|apparmor-unconfined|selinux-unconfined|unmasked|(?:namespace|capability|device|device-rule|seccomp|apparmor|selinux|security-opt|bind|mount|init|log|hosts-file|hook|annotation|cgroup):[^\\u0000-\\u001f\\u007f]+)$"+"\"",schema:"^(?:privileged|host-mount|host-pid|host-ipc|host-uts|host-user|seccomp-unconfined|seccomp-profile|apparmor-unconfined|selinux-unconfined|unmasked|(?:namespace|capability|device|device-rule|seccomp|apparmor|selinux|security-opt|bind|mount|init|log|hosts-file|hook|annotation|cgroup):[^\\u0000-\\u001f\\u007f]+)$",parentSchema:schema35,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.type,parentSchema:schema35,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate84.errors = vErrors;
return errors === 0;
}


function validate83(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
if(!(validate84(data[i0], {instancePath:instancePath+"/" + i0,parentData:data,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate84.errors : vErrors.concat(validate84.errors);
errors = vErrors.length;
}
}
}
else {
const err0 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema34.type,parentSchema:schema34,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
validate83.errors = vErrors;
return errors === 0;
}

const schema36 = {"title":"HooksDocument","description":"Commands of your own around the move of a container.","type":"object","additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"before":{"description":"Before anything of the move is begun.","$ref":"#/definitions/hookPoint"},"beforeFreeze":{"description":"Just before the container stops serving.","$ref":"#/definitions/hookPoint"},"afterRestore":{"description":"When it runs on the target, before it is verified.","$ref":"#/definitions/hookPoint"},"redirect":{"description":"At the commit, to point the network at the target; takes an `undo`.","$ref":"#/definitions/hookPoint"},"after":{"description":"When the move is committed.","$ref":"#/definitions/hookPoint"},"onFailure":{"description":"When the move has failed.","$ref":"#/definitions/hookPoint"},"onRollback":{"description":"When the container is back on the source after a failure.","$ref":"#/definitions/hookPoint"}}};
const schema37 = {"title":"HookPointDocument","description":"A hook, or a list of hooks that are run in order.","anyOf":[{"$ref":"#/definitions/hook"},{"type":"array","minItems":1,"items":{"$ref":"#/definitions/hook"}}]};
const schema38 = {"title":"HookDocument","description":"A command of your own that is run at a point of the move.","type":"object","additionalProperties":false,"required":["run"],"patternProperties":{"^x-":{}},"properties":{"run":{"description":"The program and its words, as a list. No shell reads it.","$ref":"#/definitions/argv"},"on":{"description":"Where it is run. The default is `runner`, the machine that runs cm.","enum":["runner","source","target","container"]},"in":{"description":"Another way to write `on: container`.","enum":["container"]},"env":{"description":"Variables for the command. Their values stand on no command line, where every user of a host can read the words of `run`.","type":"object","propertyNames":{"title":"Variable name","description":"Letters, digits and `_`, not beginning with a digit or with `CM_`.","pattern":"^(?!CM_)[A-Za-z_][A-Za-z0-9_]*$"},"additionalProperties":{"$ref":"#/definitions/word"}},"timeout":{"description":"How long it may run. The default is 60s.","$ref":"#/definitions/duration"},"onFailure":{"description":"What a failing hook does. `stop` (the default) fails the step; `continue` is a warning.","enum":["stop","continue"]},"undo":{"description":"The command that takes it back, for `redirect` only.","$ref":"#/definitions/argv"}}};
const pattern26 = new RegExp("^(?!CM_)[A-Za-z_][A-Za-z0-9_]*$", "u");

function validate89(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.run === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "run"},message:"must have required property '"+"run"+"'",schema:schema38.required,parentSchema:schema38,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((((((((key0 === "run") || (key0 === "on")) || (key0 === "in")) || (key0 === "env")) || (key0 === "timeout")) || (key0 === "onFailure")) || (key0 === "undo")) || (pattern0.test(key0)))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema38,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.run !== undefined){
if(!(validate65(data.run, {instancePath:instancePath+"/run",parentData:data,parentDataProperty:"run",rootData}))){
vErrors = vErrors === null ? validate65.errors : vErrors.concat(validate65.errors);
errors = vErrors.length;
}
}
if(data.on !== undefined){
let data1 = data.on;
if(!((((data1 === "runner") || (data1 === "source")) || (data1 === "target")) || (data1 === "container"))){
const err2 = {instancePath:instancePath+"/on",schemaPath:"#/properties/on/enum",keyword:"enum",params:{allowedValues: schema38.properties.on.enum},message:"must be equal to one of the allowed values",schema:schema38.properties.on.enum,parentSchema:schema38.properties.on,data:data1};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.in !== undefined){
let data2 = data.in;
if(!(data2 === "container")){
const err3 = {instancePath:instancePath+"/in",schemaPath:"#/properties/in/enum",keyword:"enum",params:{allowedValues: schema38.properties.in.enum},message:"must be equal to one of the allowed values",schema:schema38.properties.in.enum,parentSchema:schema38.properties.in,data:data2};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.env !== undefined){
let data3 = data.env;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
for(const key1 in data3){
const _errs7 = errors;
if(typeof key1 === "string"){
if(!pattern26.test(key1)){
const err4 = {instancePath:instancePath+"/env",schemaPath:"#/properties/env/propertyNames/pattern",keyword:"pattern",params:{pattern: "^(?!CM_)[A-Za-z_][A-Za-z0-9_]*$"},message:"must match pattern \""+"^(?!CM_)[A-Za-z_][A-Za-z0-9_]*$"+"\"",schema:"^(?!CM_)[A-Za-z_][A-Za-z0-9_]*$",parentSchema:schema38.properties.env.propertyNames,data:key1,propertyName:key1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
var valid1 = _errs7 === errors;
if(!valid1){
const err5 = {instancePath:instancePath+"/env",schemaPath:"#/properties/env/propertyNames",keyword:"propertyNames",params:{propertyName: key1},message:"property name must be valid",schema:schema38.properties.env.propertyNames,parentSchema:schema38.properties.env,data:data3};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
for(const key2 in data3){
if(!(validate66(data3[key2], {instancePath:instancePath+"/env/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data3,parentDataProperty:key2,rootData}))){
vErrors = vErrors === null ? validate66.errors : vErrors.concat(validate66.errors);
errors = vErrors.length;
}
}
}
else {
const err6 = {instancePath:instancePath+"/env",schemaPath:"#/properties/env/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema38.properties.env.type,parentSchema:schema38.properties.env,data:data3};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.timeout !== undefined){
if(!(validate47(data.timeout, {instancePath:instancePath+"/timeout",parentData:data,parentDataProperty:"timeout",rootData}))){
vErrors = vErrors === null ? validate47.errors : vErrors.concat(validate47.errors);
errors = vErrors.length;
}
}
if(data.onFailure !== undefined){
let data6 = data.onFailure;
if(!((data6 === "stop") || (data6 === "continue"))){
const err7 = {instancePath:instancePath+"/onFailure",schemaPath:"#/properties/onFailure/enum",keyword:"enum",params:{allowedValues: schema38.properties.onFailure.enum},message:"must be equal to one of the allowed values",schema:schema38.properties.onFailure.enum,parentSchema:schema38.properties.onFailure,data:data6};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.undo !== undefined){
if(!(validate65(data.undo, {instancePath:instancePath+"/undo",parentData:data,parentDataProperty:"undo",rootData}))){
vErrors = vErrors === null ? validate65.errors : vErrors.concat(validate65.errors);
errors = vErrors.length;
}
}
}
else {
const err8 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema38.type,parentSchema:schema38,data};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
validate89.errors = vErrors;
return errors === 0;
}


function validate88(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
const _errs0 = errors;
let valid0 = false;
const _errs1 = errors;
if(!(validate89(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate89.errors : vErrors.concat(validate89.errors);
errors = vErrors.length;
}
var _valid0 = _errs1 === errors;
valid0 = valid0 || _valid0;
if(!valid0){
const _errs2 = errors;
if(Array.isArray(data)){
if(data.length < 1){
const err0 = {instancePath,schemaPath:"#/anyOf/1/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema37.anyOf[1],data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
if(!(validate89(data[i0], {instancePath:instancePath+"/" + i0,parentData:data,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate89.errors : vErrors.concat(validate89.errors);
errors = vErrors.length;
}
}
}
else {
const err1 = {instancePath,schemaPath:"#/anyOf/1/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema37.anyOf[1].type,parentSchema:schema37.anyOf[1],data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
var _valid0 = _errs2 === errors;
valid0 = valid0 || _valid0;
}
if(!valid0){
const err2 = {instancePath,schemaPath:"#/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema37.anyOf,parentSchema:schema37,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
else {
errors = _errs0;
if(vErrors !== null){
if(_errs0){
vErrors.length = _errs0;
}
else {
vErrors = null;
}
}
}
validate88.errors = vErrors;
return errors === 0;
}


function validate87(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((((((key0 === "before") || (key0 === "beforeFreeze")) || (key0 === "afterRestore")) || (key0 === "redirect")) || (key0 === "after")) || (key0 === "onFailure")) || (key0 === "onRollback")) || (pattern0.test(key0)))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema36,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.before !== undefined){
if(!(validate88(data.before, {instancePath:instancePath+"/before",parentData:data,parentDataProperty:"before",rootData}))){
vErrors = vErrors === null ? validate88.errors : vErrors.concat(validate88.errors);
errors = vErrors.length;
}
}
if(data.beforeFreeze !== undefined){
if(!(validate88(data.beforeFreeze, {instancePath:instancePath+"/beforeFreeze",parentData:data,parentDataProperty:"beforeFreeze",rootData}))){
vErrors = vErrors === null ? validate88.errors : vErrors.concat(validate88.errors);
errors = vErrors.length;
}
}
if(data.afterRestore !== undefined){
if(!(validate88(data.afterRestore, {instancePath:instancePath+"/afterRestore",parentData:data,parentDataProperty:"afterRestore",rootData}))){
vErrors = vErrors === null ? validate88.errors : vErrors.concat(validate88.errors);
errors = vErrors.length;
}
}
if(data.redirect !== undefined){
if(!(validate88(data.redirect, {instancePath:instancePath+"/redirect",parentData:data,parentDataProperty:"redirect",rootData}))){
vErrors = vErrors === null ? validate88.errors : vErrors.concat(validate88.errors);
errors = vErrors.length;
}
}
if(data.after !== undefined){
if(!(validate88(data.after, {instancePath:instancePath+"/after",parentData:data,parentDataProperty:"after",rootData}))){
vErrors = vErrors === null ? validate88.errors : vErrors.concat(validate88.errors);
errors = vErrors.length;
}
}
if(data.onFailure !== undefined){
if(!(validate88(data.onFailure, {instancePath:instancePath+"/onFailure",parentData:data,parentDataProperty:"onFailure",rootData}))){
vErrors = vErrors === null ? validate88.errors : vErrors.concat(validate88.errors);
errors = vErrors.length;
}
}
if(data.onRollback !== undefined){
if(!(validate88(data.onRollback, {instancePath:instancePath+"/onRollback",parentData:data,parentDataProperty:"onRollback",rootData}))){
vErrors = vErrors === null ? validate88.errors : vErrors.concat(validate88.errors);
errors = vErrors.length;
}
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema36.type,parentSchema:schema36,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate87.errors = vErrors;
return errors === 0;
}


function validate38(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((func2.call(schema14.properties, key0)) || (pattern0.test(key0)))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema14,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.state !== undefined){
if(!(validate39(data.state, {instancePath:instancePath+"/state",parentData:data,parentDataProperty:"state",rootData}))){
vErrors = vErrors === null ? validate39.errors : vErrors.concat(validate39.errors);
errors = vErrors.length;
}
}
if(data.strategy !== undefined){
if(!(validate41(data.strategy, {instancePath:instancePath+"/strategy",parentData:data,parentDataProperty:"strategy",rootData}))){
vErrors = vErrors === null ? validate41.errors : vErrors.concat(validate41.errors);
errors = vErrors.length;
}
}
if(data.budget !== undefined){
if(!(validate46(data.budget, {instancePath:instancePath+"/budget",parentData:data,parentDataProperty:"budget",rootData}))){
vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
errors = vErrors.length;
}
}
if(data.onNoConverge !== undefined){
if(!(validate53(data.onNoConverge, {instancePath:instancePath+"/onNoConverge",parentData:data,parentDataProperty:"onNoConverge",rootData}))){
vErrors = vErrors === null ? validate53.errors : vErrors.concat(validate53.errors);
errors = vErrors.length;
}
}
if(data.stopTimeout !== undefined){
if(!(validate47(data.stopTimeout, {instancePath:instancePath+"/stopTimeout",parentData:data,parentDataProperty:"stopTimeout",rootData}))){
vErrors = vErrors === null ? validate47.errors : vErrors.concat(validate47.errors);
errors = vErrors.length;
}
}
if(data.onStopTimeout !== undefined){
if(!(validate56(data.onStopTimeout, {instancePath:instancePath+"/onStopTimeout",parentData:data,parentDataProperty:"onStopTimeout",rootData}))){
vErrors = vErrors === null ? validate56.errors : vErrors.concat(validate56.errors);
errors = vErrors.length;
}
}
if(data.throttle !== undefined){
if(!(validate58(data.throttle, {instancePath:instancePath+"/throttle",parentData:data,parentDataProperty:"throttle",rootData}))){
vErrors = vErrors === null ? validate58.errors : vErrors.concat(validate58.errors);
errors = vErrors.length;
}
}
if(data.connections !== undefined){
if(!(validate60(data.connections, {instancePath:instancePath+"/connections",parentData:data,parentDataProperty:"connections",rootData}))){
vErrors = vErrors === null ? validate60.errors : vErrors.concat(validate60.errors);
errors = vErrors.length;
}
}
if(data.verify !== undefined){
if(!(validate62(data.verify, {instancePath:instancePath+"/verify",parentData:data,parentDataProperty:"verify",rootData}))){
vErrors = vErrors === null ? validate62.errors : vErrors.concat(validate62.errors);
errors = vErrors.length;
}
}
if(data.checkpoints !== undefined){
if(!(validate73(data.checkpoints, {instancePath:instancePath+"/checkpoints",parentData:data,parentDataProperty:"checkpoints",rootData}))){
vErrors = vErrors === null ? validate73.errors : vErrors.concat(validate73.errors);
errors = vErrors.length;
}
}
if(data.volumes !== undefined){
if(!(validate81(data.volumes, {instancePath:instancePath+"/volumes",parentData:data,parentDataProperty:"volumes",rootData}))){
vErrors = vErrors === null ? validate81.errors : vErrors.concat(validate81.errors);
errors = vErrors.length;
}
}
if(data.allow !== undefined){
if(!(validate83(data.allow, {instancePath:instancePath+"/allow",parentData:data,parentDataProperty:"allow",rootData}))){
vErrors = vErrors === null ? validate83.errors : vErrors.concat(validate83.errors);
errors = vErrors.length;
}
}
if(data.hooks !== undefined){
if(!(validate87(data.hooks, {instancePath:instancePath+"/hooks",parentData:data,parentDataProperty:"hooks",rootData}))){
vErrors = vErrors === null ? validate87.errors : vErrors.concat(validate87.errors);
errors = vErrors.length;
}
}
if(data.ssh !== undefined){
if(!(validate31(data.ssh, {instancePath:instancePath+"/ssh",parentData:data,parentDataProperty:"ssh",rootData}))){
vErrors = vErrors === null ? validate31.errors : vErrors.concat(validate31.errors);
errors = vErrors.length;
}
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema14.type,parentSchema:schema14,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate38.errors = vErrors;
return errors === 0;
}

const schema39 = {"title":"ContainerDocument","description":"A container and the host it belongs on.","type":"object","additionalProperties":false,"required":["on"],"patternProperties":{"^x-":{}},"properties":{"on":{"description":"The host it belongs on.","$ref":"#/definitions/word"},"state":{"$ref":"#/definitions/state"},"strategy":{"$ref":"#/definitions/strategy"},"budget":{"$ref":"#/definitions/budget"},"onNoConverge":{"$ref":"#/definitions/noConvergeWord"},"stopTimeout":{"description":"How long it may take to end when it is stopped. The default is what it was made with (`--stop-timeout`), mostly 10s.","$ref":"#/definitions/duration"},"onStopTimeout":{"$ref":"#/definitions/stopTimeoutWord"},"throttle":{"$ref":"#/definitions/throttle"},"connections":{"$ref":"#/definitions/connections"},"verify":{"$ref":"#/definitions/verify"},"checkpoints":{"$ref":"#/definitions/checkpoints"},"dependsOn":{"description":"Containers whose moves are committed before this one begins.","type":"array","items":{"$ref":"#/definitions/word"}},"volumes":{"$ref":"#/definitions/volumes"},"allow":{"$ref":"#/definitions/allow"},"hooks":{"$ref":"#/definitions/hooks"}}};

function validate106(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.on === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "on"},message:"must have required property '"+"on"+"'",schema:schema39.required,parentSchema:schema39,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((func2.call(schema39.properties, key0)) || (pattern0.test(key0)))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema39,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.on !== undefined){
if(!(validate66(data.on, {instancePath:instancePath+"/on",parentData:data,parentDataProperty:"on",rootData}))){
vErrors = vErrors === null ? validate66.errors : vErrors.concat(validate66.errors);
errors = vErrors.length;
}
}
if(data.state !== undefined){
if(!(validate39(data.state, {instancePath:instancePath+"/state",parentData:data,parentDataProperty:"state",rootData}))){
vErrors = vErrors === null ? validate39.errors : vErrors.concat(validate39.errors);
errors = vErrors.length;
}
}
if(data.strategy !== undefined){
if(!(validate41(data.strategy, {instancePath:instancePath+"/strategy",parentData:data,parentDataProperty:"strategy",rootData}))){
vErrors = vErrors === null ? validate41.errors : vErrors.concat(validate41.errors);
errors = vErrors.length;
}
}
if(data.budget !== undefined){
if(!(validate46(data.budget, {instancePath:instancePath+"/budget",parentData:data,parentDataProperty:"budget",rootData}))){
vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
errors = vErrors.length;
}
}
if(data.onNoConverge !== undefined){
if(!(validate53(data.onNoConverge, {instancePath:instancePath+"/onNoConverge",parentData:data,parentDataProperty:"onNoConverge",rootData}))){
vErrors = vErrors === null ? validate53.errors : vErrors.concat(validate53.errors);
errors = vErrors.length;
}
}
if(data.stopTimeout !== undefined){
if(!(validate47(data.stopTimeout, {instancePath:instancePath+"/stopTimeout",parentData:data,parentDataProperty:"stopTimeout",rootData}))){
vErrors = vErrors === null ? validate47.errors : vErrors.concat(validate47.errors);
errors = vErrors.length;
}
}
if(data.onStopTimeout !== undefined){
if(!(validate56(data.onStopTimeout, {instancePath:instancePath+"/onStopTimeout",parentData:data,parentDataProperty:"onStopTimeout",rootData}))){
vErrors = vErrors === null ? validate56.errors : vErrors.concat(validate56.errors);
errors = vErrors.length;
}
}
if(data.throttle !== undefined){
if(!(validate58(data.throttle, {instancePath:instancePath+"/throttle",parentData:data,parentDataProperty:"throttle",rootData}))){
vErrors = vErrors === null ? validate58.errors : vErrors.concat(validate58.errors);
errors = vErrors.length;
}
}
if(data.connections !== undefined){
if(!(validate60(data.connections, {instancePath:instancePath+"/connections",parentData:data,parentDataProperty:"connections",rootData}))){
vErrors = vErrors === null ? validate60.errors : vErrors.concat(validate60.errors);
errors = vErrors.length;
}
}
if(data.verify !== undefined){
if(!(validate62(data.verify, {instancePath:instancePath+"/verify",parentData:data,parentDataProperty:"verify",rootData}))){
vErrors = vErrors === null ? validate62.errors : vErrors.concat(validate62.errors);
errors = vErrors.length;
}
}
if(data.checkpoints !== undefined){
if(!(validate73(data.checkpoints, {instancePath:instancePath+"/checkpoints",parentData:data,parentDataProperty:"checkpoints",rootData}))){
vErrors = vErrors === null ? validate73.errors : vErrors.concat(validate73.errors);
errors = vErrors.length;
}
}
if(data.dependsOn !== undefined){
let data11 = data.dependsOn;
if(Array.isArray(data11)){
const len0 = data11.length;
for(let i0=0; i0<len0; i0++){
if(!(validate66(data11[i0], {instancePath:instancePath+"/dependsOn/" + i0,parentData:data11,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate66.errors : vErrors.concat(validate66.errors);
errors = vErrors.length;
}
}
}
else {
const err2 = {instancePath:instancePath+"/dependsOn",schemaPath:"#/properties/dependsOn/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema39.properties.dependsOn.type,parentSchema:schema39.properties.dependsOn,data:data11};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.volumes !== undefined){
if(!(validate81(data.volumes, {instancePath:instancePath+"/volumes",parentData:data,parentDataProperty:"volumes",rootData}))){
vErrors = vErrors === null ? validate81.errors : vErrors.concat(validate81.errors);
errors = vErrors.length;
}
}
if(data.allow !== undefined){
if(!(validate83(data.allow, {instancePath:instancePath+"/allow",parentData:data,parentDataProperty:"allow",rootData}))){
vErrors = vErrors === null ? validate83.errors : vErrors.concat(validate83.errors);
errors = vErrors.length;
}
}
if(data.hooks !== undefined){
if(!(validate87(data.hooks, {instancePath:instancePath+"/hooks",parentData:data,parentDataProperty:"hooks",rootData}))){
vErrors = vErrors === null ? validate87.errors : vErrors.concat(validate87.errors);
errors = vErrors.length;
}
}
}
else {
const err3 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema39.type,parentSchema:schema39,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
validate106.errors = vErrors;
return errors === 0;
}

const schema40 = {"title":"LimitsDocument","description":"How much is done at the same time, and how fast.","type":"object","additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"parallel":{"description":"Changes under way at the same time. The default is 4.","type":"integer","minimum":1},"perHost":{"description":"Changes a host takes part in at the same time. The default is 1. From the first round or the freeze to the restore a move of memory has its hosts to itself, however many there are.","type":"integer","minimum":1},"bandwidth":{"description":"How fast each stream may be. Without it, as fast as the link is.","$ref":"#/definitions/rate"}}};
const schema41 = {"title":"Rate","description":"An amount a second, in bits or bytes, such as 800Mbit, 1Gbit or 100MiB.","type":"string","pattern":"^(?=.*[1-9])[0-9]{1,6}(?:\\.[0-9]{1,3})?(?:[kMG]bit|[kMG]B|[KMG]iB)$"};
const pattern30 = new RegExp("^(?=.*[1-9])[0-9]{1,6}(?:\\.[0-9]{1,3})?(?:[kMG]bit|[kMG]B|[KMG]iB)$", "u");

function validate124(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(typeof data === "string"){
if(!pattern30.test(data)){
const err0 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^(?=.*[1-9])[0-9]{1,6}(?:\\.[0-9]{1,3})?(?:[kMG]bit|[kMG]B|[KMG]iB)$"},message:"must match pattern \""+"^(?=.*[1-9])[0-9]{1,6}(?:\\.[0-9]{1,3})?(?:[kMG]bit|[kMG]B|[KMG]iB)$"+"\"",schema:"^(?=.*[1-9])[0-9]{1,6}(?:\\.[0-9]{1,3})?(?:[kMG]bit|[kMG]B|[KMG]iB)$",parentSchema:schema41,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema41.type,parentSchema:schema41,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate124.errors = vErrors;
return errors === 0;
}


function validate123(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((key0 === "parallel") || (key0 === "perHost")) || (key0 === "bandwidth")) || (pattern0.test(key0)))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema40,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.parallel !== undefined){
let data0 = data.parallel;
if(!((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0)))){
const err1 = {instancePath:instancePath+"/parallel",schemaPath:"#/properties/parallel/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema40.properties.parallel.type,parentSchema:schema40.properties.parallel,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(typeof data0 == "number"){
if(data0 < 1 || isNaN(data0)){
const err2 = {instancePath:instancePath+"/parallel",schemaPath:"#/properties/parallel/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema40.properties.parallel,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
}
if(data.perHost !== undefined){
let data1 = data.perHost;
if(!((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1)))){
const err3 = {instancePath:instancePath+"/perHost",schemaPath:"#/properties/perHost/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema40.properties.perHost.type,parentSchema:schema40.properties.perHost,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(typeof data1 == "number"){
if(data1 < 1 || isNaN(data1)){
const err4 = {instancePath:instancePath+"/perHost",schemaPath:"#/properties/perHost/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema40.properties.perHost,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
if(data.bandwidth !== undefined){
if(!(validate124(data.bandwidth, {instancePath:instancePath+"/bandwidth",parentData:data,parentDataProperty:"bandwidth",rootData}))){
vErrors = vErrors === null ? validate124.errors : vErrors.concat(validate124.errors);
errors = vErrors.length;
}
}
}
else {
const err5 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema40.type,parentSchema:schema40,data};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
validate123.errors = vErrors;
return errors === 0;
}

const schema42 = {"title":"PlanHooksDocument","description":"Commands of your own around the whole run. They run on the machine that runs cm.","type":"object","additionalProperties":false,"patternProperties":{"^x-":{}},"properties":{"before":{"description":"Before the first change is begun.","$ref":"#/definitions/hookPoint"},"after":{"description":"When every change has been made.","$ref":"#/definitions/hookPoint"},"onFailure":{"description":"When a change has failed.","$ref":"#/definitions/hookPoint"}}};

function validate127(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((key0 === "before") || (key0 === "after")) || (key0 === "onFailure")) || (pattern0.test(key0)))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema42,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.before !== undefined){
if(!(validate88(data.before, {instancePath:instancePath+"/before",parentData:data,parentDataProperty:"before",rootData}))){
vErrors = vErrors === null ? validate88.errors : vErrors.concat(validate88.errors);
errors = vErrors.length;
}
}
if(data.after !== undefined){
if(!(validate88(data.after, {instancePath:instancePath+"/after",parentData:data,parentDataProperty:"after",rootData}))){
vErrors = vErrors === null ? validate88.errors : vErrors.concat(validate88.errors);
errors = vErrors.length;
}
}
if(data.onFailure !== undefined){
if(!(validate88(data.onFailure, {instancePath:instancePath+"/onFailure",parentData:data,parentDataProperty:"onFailure",rootData}))){
vErrors = vErrors === null ? validate88.errors : vErrors.concat(validate88.errors);
errors = vErrors.length;
}
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema42.type,parentSchema:schema42,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate127.errors = vErrors;
return errors === 0;
}


function validate21(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.apiVersion === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "apiVersion"},message:"must have required property '"+"apiVersion"+"'",schema:schema6.required,parentSchema:schema6,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.name === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'",schema:schema6.required,parentSchema:schema6,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.hosts === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "hosts"},message:"must have required property '"+"hosts"+"'",schema:schema6.required,parentSchema:schema6,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.containers === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "containers"},message:"must have required property '"+"containers"+"'",schema:schema6.required,parentSchema:schema6,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!((func2.call(schema6.properties, key0)) || (pattern0.test(key0)))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema6,data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.apiVersion !== undefined){
let data0 = data.apiVersion;
if("cm/v1" !== data0){
const err5 = {instancePath:instancePath+"/apiVersion",schemaPath:"#/properties/apiVersion/const",keyword:"const",params:{allowedValue: "cm/v1"},message:"must be equal to constant",schema:"cm/v1",parentSchema:schema6.properties.apiVersion,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.name !== undefined){
if(!(validate22(data.name, {instancePath:instancePath+"/name",parentData:data,parentDataProperty:"name",rootData}))){
vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
errors = vErrors.length;
}
}
if(data.hosts !== undefined){
let data2 = data.hosts;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(Object.keys(data2).length < 1){
const err6 = {instancePath:instancePath+"/hosts",schemaPath:"#/properties/hosts/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties",schema:1,parentSchema:schema6.properties.hosts,data:data2};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
for(const key1 in data2){
const _errs6 = errors;
if(typeof key1 === "string"){
if(key1.length > 200){
const err7 = {instancePath:instancePath+"/hosts",schemaPath:"#/properties/hosts/propertyNames/maxLength",keyword:"maxLength",params:{limit: 200},message:"must NOT have more than 200 characters",schema:200,parentSchema:schema6.properties.hosts.propertyNames,data:key1,propertyName:key1};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!pattern1.test(key1)){
const err8 = {instancePath:instancePath+"/hosts",schemaPath:"#/properties/hosts/propertyNames/pattern",keyword:"pattern",params:{pattern: "^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"},message:"must match pattern \""+"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"+"\"",schema:"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$",parentSchema:schema6.properties.hosts.propertyNames,data:key1,propertyName:key1};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
var valid1 = _errs6 === errors;
if(!valid1){
const err9 = {instancePath:instancePath+"/hosts",schemaPath:"#/properties/hosts/propertyNames",keyword:"propertyNames",params:{propertyName: key1},message:"property name must be valid",schema:schema6.properties.hosts.propertyNames,parentSchema:schema6.properties.hosts,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
for(const key2 in data2){
if(!(validate24(data2[key2], {instancePath:instancePath+"/hosts/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data2,parentDataProperty:key2,rootData}))){
vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
errors = vErrors.length;
}
}
}
else {
const err10 = {instancePath:instancePath+"/hosts",schemaPath:"#/properties/hosts/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema6.properties.hosts.type,parentSchema:schema6.properties.hosts,data:data2};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.defaults !== undefined){
if(!(validate38(data.defaults, {instancePath:instancePath+"/defaults",parentData:data,parentDataProperty:"defaults",rootData}))){
vErrors = vErrors === null ? validate38.errors : vErrors.concat(validate38.errors);
errors = vErrors.length;
}
}
if(data.containers !== undefined){
let data5 = data.containers;
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
for(const key3 in data5){
const _errs12 = errors;
if(typeof key3 === "string"){
if(key3.length > 200){
const err11 = {instancePath:instancePath+"/containers",schemaPath:"#/properties/containers/propertyNames/maxLength",keyword:"maxLength",params:{limit: 200},message:"must NOT have more than 200 characters",schema:200,parentSchema:schema6.properties.containers.propertyNames,data:key3,propertyName:key3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(!pattern1.test(key3)){
const err12 = {instancePath:instancePath+"/containers",schemaPath:"#/properties/containers/propertyNames/pattern",keyword:"pattern",params:{pattern: "^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"},message:"must match pattern \""+"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"+"\"",schema:"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$",parentSchema:schema6.properties.containers.propertyNames,data:key3,propertyName:key3};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
var valid3 = _errs12 === errors;
if(!valid3){
const err13 = {instancePath:instancePath+"/containers",schemaPath:"#/properties/containers/propertyNames",keyword:"propertyNames",params:{propertyName: key3},message:"property name must be valid",schema:schema6.properties.containers.propertyNames,parentSchema:schema6.properties.containers,data:data5};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
for(const key4 in data5){
if(!(validate106(data5[key4], {instancePath:instancePath+"/containers/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data5,parentDataProperty:key4,rootData}))){
vErrors = vErrors === null ? validate106.errors : vErrors.concat(validate106.errors);
errors = vErrors.length;
}
}
}
else {
const err14 = {instancePath:instancePath+"/containers",schemaPath:"#/properties/containers/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema6.properties.containers.type,parentSchema:schema6.properties.containers,data:data5};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.limits !== undefined){
if(!(validate123(data.limits, {instancePath:instancePath+"/limits",parentData:data,parentDataProperty:"limits",rootData}))){
vErrors = vErrors === null ? validate123.errors : vErrors.concat(validate123.errors);
errors = vErrors.length;
}
}
if(data.transfer !== undefined){
let data8 = data.transfer;
if(!((data8 === "direct") || (data8 === "relay"))){
const err15 = {instancePath:instancePath+"/transfer",schemaPath:"#/properties/transfer/enum",keyword:"enum",params:{allowedValues: schema6.properties.transfer.enum},message:"must be equal to one of the allowed values",schema:schema6.properties.transfer.enum,parentSchema:schema6.properties.transfer,data:data8};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.hooks !== undefined){
if(!(validate127(data.hooks, {instancePath:instancePath+"/hooks",parentData:data,parentDataProperty:"hooks",rootData}))){
vErrors = vErrors === null ? validate127.errors : vErrors.concat(validate127.errors);
errors = vErrors.length;
}
}
if(data.suspend !== undefined){
let data10 = data.suspend;
if(typeof data10 !== "boolean"){
const err16 = {instancePath:instancePath+"/suspend",schemaPath:"#/properties/suspend/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema6.properties.suspend.type,parentSchema:schema6.properties.suspend,data:data10};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
else {
const err17 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema6.type,parentSchema:schema6,data};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
validate21.errors = vErrors;
return errors === 0;
}

export const isName = validate132;
const schema43 = {"title":"Name","description":"Letters, digits, `_`, `.` and `-`, beginning with a letter or a digit.","type":"string","maxLength":200,"pattern":"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"};

function validate132(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(typeof data === "string"){
if(data.length > 200){
const err0 = {instancePath,schemaPath:"#/maxLength",keyword:"maxLength",params:{limit: 200},message:"must NOT have more than 200 characters",schema:200,parentSchema:schema43,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(!pattern1.test(data)){
const err1 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"},message:"must match pattern \""+"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"+"\"",schema:"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$",parentSchema:schema43,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
else {
const err2 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema43.type,parentSchema:schema43,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
validate132.errors = vErrors;
return errors === 0;
}
