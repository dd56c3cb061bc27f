/** Below the help of the program. */
export const exitTopic = `plan files: none means the folder plans/; - is standard input
flags can be set in the environment too: --lock-wait is CM_LOCK_WAIT

exit codes:
    0  done, or nothing to do
    1  failed; everything is where it was
    2  there are changes (only with --detailed-exitcode)
    3  failed half-way: a person must look
   10  a plan is not valid            13  declined, or nobody there to ask
   11  locked by another run          14  preflight says no, nothing was touched
   12  a host cannot be reached or trusted
   64  the command line is wrong      70  a bug in cm
  130  interrupted                   143  terminated
`;
