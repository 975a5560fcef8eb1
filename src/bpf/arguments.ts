/**
 * The names of system calls' arguments, and which of them are 32 bits wide.
 *
 * @module
 */

/**
 * A line a call: its name, and the arguments as the kernel declares them; `:w`
 * marks a word, an argument of 32 bits.
 *
 * Source: include/linux/syscalls.h, include/asm-generic/syscalls.h and
 * arch/x86/include/asm/syscalls.h of Linux 6.12.117; where they name no
 * arguments, and for calls of one architecture or of later kernels, the call's
 * SYSCALL_DEFINE. Where a call's arguments differ, they are those of x86_64.
 */
const TABLE = `
_llseek fd:w offset_high offset_low result whence:w
_newselect n:w inp outp exp tvp
_sysctl args
accept fd:w upeer_sockaddr upeer_addrlen
accept4 fd:w upeer_sockaddr upeer_addrlen flags:w
access filename mode:w
acct name
add_key _type _description _payload plen destringid:w
adjtimex txc_p
alarm seconds:w
arch_prctl option:w arg2
arm_fadvise64_64 fd:w advice:w offset len
bdflush func:w data
bind fd:w umyaddr addrlen:w
bpf cmd:w attr size:w
breakpoint
brk brk
cacheflush start end flags:w
cachestat fd:w cstat_range cstat flags:w
capget header dataptr
capset header data
chdir filename
chmod filename mode:w
chown filename user:w group:w
chown32 filename user:w group:w
chroot filename
clock_adjtime which_clock:w tx
clock_adjtime64 which_clock:w tx
clock_getres which_clock:w tp
clock_getres_time64 which_clock:w tp
clock_gettime which_clock:w tp
clock_gettime64 which_clock:w tp
clock_nanosleep which_clock:w flags:w rqtp rmtp
clock_nanosleep_time64 which_clock:w flags:w rqtp rmtp
clock_settime which_clock:w tp
clock_settime64 which_clock:w tp
clone clone_flags newsp parent_tidptr child_tidptr tls
clone3 uargs size
close fd:w
close_range fd:w max_fd:w flags:w
connect fd:w uservaddr addrlen:w
copy_file_range fd_in:w off_in fd_out:w off_out len flags:w
creat pathname mode:w
delete_module name_user flags:w
dup fildes:w
dup2 oldfd:w newfd:w
dup3 oldfd:w newfd:w flags:w
epoll_create size:w
epoll_create1 flags:w
epoll_ctl epfd:w op:w fd:w event
epoll_pwait epfd:w events maxevents:w timeout:w sigmask sigsetsize
epoll_pwait2 epfd:w events maxevents:w timeout sigmask sigsetsize
epoll_wait epfd:w events maxevents:w timeout:w
eventfd count:w
eventfd2 count:w flags:w
execve filename argv envp
execveat dfd:w filename argv envp flags:w
exit error_code:w
exit_group error_code:w
faccessat dfd:w filename mode:w
faccessat2 dfd:w filename mode:w flags:w
fadvise64 fd:w offset len advice:w
fadvise64_64 fd:w offset len advice:w
fallocate fd:w mode:w offset len
fanotify_init flags:w event_f_flags:w
fanotify_mark fanotify_fd:w flags:w mask dfd:w pathname
fchdir fd:w
fchmod fd:w mode:w
fchmodat dfd:w filename mode:w
fchmodat2 dfd:w filename mode:w flags:w
fchown fd:w user:w group:w
fchown32 fd:w user:w group:w
fchownat dfd:w filename user:w group:w flag:w
fcntl fd:w cmd:w arg
fcntl64 fd:w cmd:w arg
fdatasync fd:w
fgetxattr fd:w name value size
file_getattr dfd:w filename ufattr usize at_flags:w
file_setattr dfd:w filename ufattr usize at_flags:w
finit_module fd:w uargs flags:w
flistxattr fd:w list size
flock fd:w cmd:w
fork
fremovexattr fd:w name
fsconfig fs_fd:w cmd:w key value aux:w
fsetxattr fd:w name value size flags:w
fsmount fs_fd:w flags:w ms_flags:w
fsopen fs_name flags:w
fspick dfd:w path flags:w
fstat fd:w statbuf
fstat64 fd statbuf
fstatat64 dfd:w filename statbuf flag:w
fstatfs fd:w buf
fstatfs64 fd:w sz buf
fsync fd:w
ftruncate fd:w length
ftruncate64 fd:w length
futex uaddr op:w val:w utime uaddr2 val3:w
futex_requeue waiters flags:w nr_wake:w nr_requeue:w
futex_time64 uaddr op:w val:w utime uaddr2 val3:w
futex_wait uaddr val mask flags:w timespec clockid:w
futex_waitv waiters nr_futexes:w flags:w timeout clockid:w
futex_wake uaddr mask nr:w flags:w
futimesat dfd:w filename utimes
get_mempolicy policy nmask maxnode addr flags
get_robust_list pid:w head_ptr len_ptr
get_thread_area u_info
get_tls
getcpu cpu node cache
getcwd buf size
getdents fd:w dirent count:w
getdents64 fd:w dirent count:w
getegid
getegid32
geteuid
geteuid32
getgid
getgid32
getgroups gidsetsize:w grouplist
getgroups32 gidsetsize:w grouplist
getitimer which:w value
getpeername fd:w usockaddr usockaddr_len
getpgid pid:w
getpgrp
getpid
getppid
getpriority which:w who:w
getrandom buf count flags:w
getresgid rgid egid sgid
getresgid32 rgid egid sgid
getresuid ruid euid suid
getresuid32 ruid euid suid
getrlimit resource:w rlim
getrusage who:w ru
getsid pid:w
getsockname fd:w usockaddr usockaddr_len
getsockopt fd:w level:w optname:w optval optlen
gettid
gettimeofday tv tz
getuid
getuid32
getxattr path name value size
getxattrat dfd:w pathname at_flags:w name uargs usize
init_module umod len uargs
inotify_add_watch fd:w path mask:w
inotify_init
inotify_init1 flags:w
inotify_rm_watch fd:w wd:w
io_cancel ctx_id iocb result
io_destroy ctx
io_getevents ctx_id min_nr nr events timeout
io_pgetevents ctx_id min_nr nr events timeout sig
io_pgetevents_time64 ctx_id min_nr nr events timeout sig
io_setup nr_reqs:w ctx
io_submit ctx_id nr iocbpp
io_uring_enter fd:w to_submit:w min_complete:w flags:w argp argsz
io_uring_register fd:w op:w arg nr_args:w
io_uring_setup entries:w p
ioctl fd:w cmd:w arg
ioperm from num on:w
iopl level:w
ioprio_get which:w who:w
ioprio_set which:w who:w ioprio:w
ipc call:w first:w second third ptr fifth
kcmp pid1:w pid2:w type:w idx1 idx2
kexec_file_load kernel_fd:w initrd_fd:w cmdline_len cmdline_ptr flags
kexec_load entry nr_segments segments flags
keyctl cmd:w arg2 arg3 arg4 arg5
kill pid:w sig:w
landlock_add_rule ruleset_fd:w rule_type:w rule_attr flags:w
landlock_create_ruleset attr size flags:w
landlock_restrict_self ruleset_fd:w flags:w
lchown filename user:w group:w
lchown32 filename user:w group:w
lgetxattr path name value size
link oldname newname
linkat olddfd:w oldname newdfd:w newname flags:w
listen fd:w backlog:w
listmount req mnt_ids nr_mnt_ids flags:w
listxattr path list size
listxattrat dfd:w pathname at_flags:w list size
llistxattr path list size
llseek fd:w offset_high offset_low result whence:w
lookup_dcookie cookie64 buf len
lremovexattr path name
lseek fd:w offset whence:w
lsetxattr path name value size flags:w
lsm_get_self_attr attr:w ctx size flags:w
lsm_list_modules ids size flags:w
lsm_set_self_attr attr:w ctx size:w flags:w
lstat filename statbuf
lstat64 filename statbuf
madvise start len behavior:w
map_shadow_stack addr size flags:w
mbind start len mode nmask maxnode flags:w
membarrier cmd:w flags:w cpu_id:w
memfd_create uname_ptr flags:w
memfd_secret flags:w
migrate_pages pid:w maxnode from to
mincore start len vec
mkdir pathname mode:w
mkdirat dfd:w pathname mode:w
mknod filename mode:w dev:w
mknodat dfd:w filename mode:w dev:w
mlock start len
mlock2 start len flags:w
mlockall flags:w
mmap addr len prot flags fd off
mmap2 addr len prot flags fd pgoff
modify_ldt func:w ptr bytecount
mount dev_name dir_name type flags data
mount_setattr dfd:w path flags:w uattr usize
move_mount from_dfd:w from_path to_dfd:w to_path ms_flags:w
move_pages pid:w nr_pages pages nodes status flags:w
mprotect start len prot
mq_getsetattr mqdes:w mqstat omqstat
mq_notify mqdes:w notification
mq_open name oflag:w mode:w attr
mq_timedreceive mqdes:w msg_ptr msg_len msg_prio abs_timeout
mq_timedreceive_time64 mqdes:w msg_ptr msg_len msg_prio abs_timeout
mq_timedsend mqdes:w msg_ptr msg_len msg_prio:w abs_timeout
mq_timedsend_time64 mqdes:w msg_ptr msg_len msg_prio:w abs_timeout
mq_unlink name
mremap addr old_len new_len flags new_addr
mseal start len flags
msgctl msqid:w cmd:w buf
msgget key:w msgflg:w
msgrcv msqid:w msgp msgsz msgtyp msgflg:w
msgsnd msqid:w msgp msgsz msgflg:w
msync start len flags:w
munlock start len
munlockall
munmap addr len
name_to_handle_at dfd:w name handle mnt_id flag:w
nanosleep rqtp rmtp
newfstatat dfd:w filename statbuf flag:w
nice increment:w
oldfstat fd:w statbuf
oldlstat filename statbuf
oldolduname name
oldstat filename statbuf
olduname name
open filename flags:w mode:w
open_by_handle_at mountdirfd:w handle flags:w
open_tree dfd:w path flags:w
open_tree_attr dfd:w filename flags:w uattr usize
openat dfd:w filename flags:w mode:w
openat2 dfd:w filename how size
pause
pciconfig_iobase which bus devfn
pciconfig_read bus dfn off len buf
pciconfig_write bus dfn off len buf
perf_event_open attr_uptr pid:w cpu:w group_fd:w flags
personality personality:w
pidfd_getfd pidfd:w fd:w flags:w
pidfd_open pid:w flags:w
pidfd_send_signal pidfd:w sig:w info flags:w
pipe fildes
pipe2 fildes flags:w
pivot_root new_root put_old
pkey_alloc flags init_val
pkey_free pkey:w
pkey_mprotect start len prot pkey:w
poll ufds nfds:w timeout:w
ppoll ufds nfds:w tsp sigmask sigsetsize
ppoll_time64 ufds nfds:w tsp sigmask sigsetsize
prctl option:w arg2 arg3 arg4 arg5
pread64 fd:w buf count pos
preadv fd vec vlen pos_l pos_h
preadv2 fd vec vlen pos_l pos_h flags:w
prlimit64 pid:w resource:w new_rlim old_rlim
process_madvise pidfd:w vec vlen behavior:w flags:w
process_mrelease pidfd:w flags:w
process_vm_readv pid:w lvec liovcnt rvec riovcnt flags
process_vm_writev pid:w lvec liovcnt rvec riovcnt flags
pselect6 n:w inp outp exp tsp sig
pselect6_time64 n:w inp outp exp tsp sig
ptrace request pid addr data
pwrite64 fd:w buf count pos
pwritev fd vec vlen pos_l pos_h
pwritev2 fd vec vlen pos_l pos_h flags:w
quotactl cmd:w special id:w addr
quotactl_fd fd:w cmd:w id:w addr
read fd:w buf count
readahead fd:w offset count
readdir fd:w dirent count:w
readlink path buf bufsiz:w
readlinkat dfd:w path buf bufsiz:w
readv fd vec vlen
reboot magic1:w magic2:w cmd:w arg
recv fd:w ubuf size flags:w
recvfrom fd:w ubuf size flags:w addr addr_len
recvmmsg fd:w msg vlen:w flags:w timeout
recvmmsg_time64 fd:w msg vlen:w flags:w timeout
recvmsg fd:w msg flags:w
remap_file_pages start size prot pgoff flags
removexattr path name
removexattrat dfd:w pathname at_flags:w name
rename oldname newname
renameat olddfd:w oldname newdfd:w newname
renameat2 olddfd:w oldname newdfd:w newname flags:w
request_key _type _description _callout_info destringid:w
restart_syscall
rmdir pathname
rseq rseq rseq_len:w flags:w sig:w
rt_sigaction sig:w act oact sigsetsize
rt_sigpending set sigsetsize
rt_sigprocmask how:w set oset sigsetsize
rt_sigqueueinfo pid:w sig:w uinfo
rt_sigreturn
rt_sigsuspend unewset sigsetsize
rt_sigtimedwait uthese uinfo uts sigsetsize
rt_sigtimedwait_time64 uthese uinfo uts sigsetsize
rt_tgsigqueueinfo tgid:w pid:w sig:w uinfo
sched_get_priority_max policy:w
sched_get_priority_min policy:w
sched_getaffinity pid:w len:w user_mask_ptr
sched_getattr pid:w attr size:w flags:w
sched_getparam pid:w param
sched_getscheduler pid:w
sched_rr_get_interval pid:w interval
sched_rr_get_interval_time64 pid:w interval
sched_setaffinity pid:w len:w user_mask_ptr
sched_setattr pid:w attr flags:w
sched_setparam pid:w param
sched_setscheduler pid:w policy:w param
sched_yield
seccomp op:w flags:w uargs
select n:w inp outp exp tvp
semctl semid:w semnum:w cmd:w arg
semget key:w nsems:w semflg:w
semop semid:w sops nsops:w
semtimedop semid:w sops nsops:w timeout
semtimedop_time64 semid:w sops nsops:w timeout
send fd:w buff len flags:w
sendfile out_fd:w in_fd:w offset count
sendfile64 out_fd:w in_fd:w offset count
sendmmsg fd:w msg vlen:w flags:w
sendmsg fd:w msg flags:w
sendto fd:w buff len flags:w addr addr_len:w
set_mempolicy mode:w nmask maxnode
set_mempolicy_home_node start len home_node flags
set_robust_list head len
set_thread_area u_info
set_tid_address tidptr
set_tls val
setdomainname name len:w
setfsgid gid:w
setfsgid32 gid:w
setfsuid uid:w
setfsuid32 uid:w
setgid gid:w
setgid32 gid:w
setgroups gidsetsize:w grouplist
setgroups32 gidsetsize:w grouplist
sethostname name len:w
setitimer which:w value ovalue
setns fd:w nstype:w
setpgid pid:w pgid:w
setpriority which:w who:w niceval:w
setregid rgid:w egid:w
setregid32 rgid:w egid:w
setresgid rgid:w egid:w sgid:w
setresgid32 rgid:w egid:w sgid:w
setresuid ruid:w euid:w suid:w
setresuid32 ruid:w euid:w suid:w
setreuid ruid:w euid:w
setreuid32 ruid:w euid:w
setrlimit resource:w rlim
setsid
setsockopt fd:w level:w optname:w optval optlen:w
settimeofday tv tz
setuid uid:w
setuid32 uid:w
setxattr path name value size flags:w
setxattrat dfd:w pathname at_flags:w name uargs usize
sgetmask
shmat shmid:w shmaddr shmflg:w
shmctl shmid:w cmd:w buf
shmdt shmaddr
shmget key:w size flag:w
shutdown fd:w how:w
sigaction sig:w act oact
sigaltstack uss uoss
signal sig:w handler
signalfd ufd:w user_mask sizemask
signalfd4 ufd:w user_mask sizemask flags:w
sigpending uset
sigprocmask how:w set oset
sigreturn
sigsuspend unused1:w unused2:w mask
socket family:w type:w protocol:w
socketcall call:w args
socketpair family:w type:w protocol:w usockvec
splice fd_in:w off_in fd_out:w off_out len flags:w
ssetmask newmask:w
stat filename statbuf
stat64 filename statbuf
statfs path buf
statfs64 path sz buf
statmount req buf bufsize flags:w
statx dfd:w path flags:w mask:w buffer
stime tptr
swapoff specialfile
swapon specialfile swap_flags:w
symlink old new
symlinkat oldname newdfd:w newname
sync
sync_file_range fd:w offset nbytes flags:w
sync_file_range2 fd:w flags:w offset nbytes
syncfs fd:w
sysfs option:w arg1 arg2
sysinfo info
syslog type:w buf len:w
tee fdin:w fdout:w len flags:w
tgkill tgid:w pid:w sig:w
time tloc
timer_create which_clock:w timer_event_spec created_timer_id
timer_delete timer_id:w
timer_getoverrun timer_id:w
timer_gettime timer_id:w setting
timer_gettime64 timer_id:w setting
timer_settime timer_id:w flags:w new_setting old_setting
timer_settime64 timer_id:w flags:w new_setting old_setting
timerfd_create clockid:w flags:w
timerfd_gettime ufd:w otmr
timerfd_gettime64 ufd:w otmr
timerfd_settime ufd:w flags:w utmr otmr
timerfd_settime64 ufd:w flags:w utmr otmr
times tbuf
tkill pid:w sig:w
truncate path length
truncate64 path length
ugetrlimit resource:w rlim
umask mask:w
umount name
umount2 name flags:w
uname name
unlink pathname
unlinkat dfd:w pathname flag:w
unshare unshare_flags
uretprobe
uselib library
userfaultfd flags:w
usr26
usr32
ustat dev:w ubuf
utime filename times
utimensat dfd:w filename utimes flags:w
utimensat_time64 dfd:w filename utimes flags:w
utimes filename utimes
vfork
vhangup
vm86 cmd arg
vm86old user_vm86
vmsplice fd:w iov nr_segs flags:w
wait4 pid:w stat_addr options:w ru
waitid which:w pid:w infop options:w ru
waitpid pid:w stat_addr options:w
write fd:w buf count
writev fd vec vlen`;

interface Argument {
  readonly name: string;
  readonly isWord: boolean;
}

const CALLS: ReadonlyMap<string, readonly Argument[]> = new Map(
  TABLE.trim().split("\n").map((line) => {
    const [call, ...tokens] = line.split(" ");
    return [call, tokens.map(parseArgument)];
  }),
);

function parseArgument(token: string): Argument {
  const [name, mark] = token.split(":");
  return { name, isWord: mark === "w" };
}

/**
 * The names of a system call's arguments, as the kernel declares them.
 *
 * On 32-bit ABIs, a 64-bit argument takes two registers, which moves those that
 * follow it; clone(2) has its last two the other way round on all but x86_64 and
 * x32; and mmap and select of x86 take a struct.
 *
 * @param syscall libseccomp's name of the call.
 * @returns 0 to 6 names; `undefined` if the call is not known.
 */
export function argumentNames(syscall: string): readonly string[] | undefined {
  return CALLS.get(syscall)?.map(({ name }) => name);
}

/**
 * Whether the kernel declares an argument as 32 bits wide (`int`, `uid_t`,
 * `umode_t`, …): on 64-bit ABIs it then ignores the upper half, which a filter
 * that compares 64 bits does not.
 *
 * @param syscall libseccomp's name of the call.
 * @param index Which argument, 0 to 5.
 * @returns `false` for longs, sizes and pointers, which are as wide as the
 * registers; `undefined` if the call is not known or has no such argument.
 */
export function isWordArgument(
  syscall: string,
  index: number,
): boolean | undefined {
  return CALLS.get(syscall)?.at(index)?.isWord;
}
