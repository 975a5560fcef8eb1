#!/usr/bin/perl
# Does in a job what jacamar-auth does in its essentials: it is started as root,
# reads the runner's script, becomes an ordinary user and has bash run it, waits
# for the end and tells the runner what kind of end it was.
#
# runner_driver.pl FOLDER UID:GID [STAGE=END]... [--configuration FILE]
#   config | prepare | run SCRIPT STAGE | cleanup
#
# FOLDER gets a file `driven` with a line for each stage that got here. A file
# `config.sh`, `prepare.sh` or `cleanup.sh` in it is run as the user's script of
# that stage. STAGE=END ends the driver at a stage, by an exit code or a signal.
use strict;
use warnings;
use Errno 'EINTR';
use POSIX ();

my $folder = shift @ARGV;
my ($uid, $gid) = split /:/, shift @ARGV;
my %end;
while ($ARGV[0] =~ /^(\w+)=(\w+)$/) { $end{$1} = $2; shift @ARGV }
splice @ARGV, 0, 2 if $ARGV[0] eq '--configuration';
my ($verb, $script, $stage) = @ARGV;
$stage //= "${verb}_exec";
$script //= "$folder/$verb.sh";

open my $driven, '>>', "$folder/driven" or fail("$folder/driven: $!");
print {$driven} "$stage\n";
close $driven;

if (defined(my $end = $end{$stage})) {
  exit $end if $end =~ /^\d+$/;
  kill $end, $$;
}

my $told = 0;
my $status = -e $script ? run($script) : 0;
print STDERR "driver: $stage was cancelled\n" if $told;
if ($status != 0) {
  my $code = $status & 127 ? 128 + ($status & 127) : $status >> 8;
  # Only the job's own scripts fail a build.
  exit $code if $verb ne 'run';
  open my $file, '>', $ENV{BUILD_EXIT_CODE_FILE} or fail("exit code file: $!");
  print {$file} "$code\n";
  close $file;
  exit $ENV{BUILD_FAILURE_EXIT_CODE};
}
print <<"JSON" if $verb eq 'config';
{ "builds_dir": "$folder/builds", "builds_dir_is_shared": false,
  "hostname": "h\\u00f6st", "driver": {"name": "perl", "version": "1.0"},
  "job_env": {"JOB_BUILDS": "$folder/builds"} }
JSON
exit 0;

sub fail {
  print STDERR "driver: @_\n";
  exit $ENV{SYSTEM_FAILURE_EXIT_CODE};
}

# Runs a script as the user; returns its wait status.
sub run {
  my ($path) = @_;
  # The user could not read it: the runner's folder is root's.
  open my $text, '<', $path or fail("$path: $!");
  # Its ends close with execve.
  pipe my $failure, my $failed or fail("pipe: $!");
  # Until it is clear who gets a signal.
  my $term = POSIX::SigSet->new(POSIX::SIGTERM);
  POSIX::sigprocmask(POSIX::SIG_BLOCK, $term);
  my $child = fork // fail("fork: $!");
  if ($child == 0) {
    POSIX::sigprocmask(POSIX::SIG_UNBLOCK, $term);
    eval { become(); start($text) };
    print {$failed} $@;
    close $failed;
    POSIX::_exit(0);
  }
  # A signal to the process group reaches the script by itself.
  $SIG{TERM} = sub { $told = 1 };
  POSIX::sigprocmask(POSIX::SIG_UNBLOCK, $term);
  close $failed;
  my $why = <$failure>;
  until (waitpid($child, 0) == $child) { fail("waitpid: $!") if $! != EINTR }
  fail($why) if defined $why;
  return $?;
}

# Gives up root, as Go's syscall.Credential does: setgroups, setgid, setuid.
sub become {
  $) = "$gid $gid";
  die "setgroups: $!\n" if $) ne "$gid $gid";
  POSIX::setgid($gid) or die "setgid: $!\n";
  POSIX::setuid($uid) or die "setuid: $!\n";
}

sub start {
  my ($text) = @_;
  open STDIN, '<&', $text or die "stdin: $!\n";
  my $builds = $ENV{JOB_BUILDS} // "$folder/builds";
  chdir $builds or die "$builds: $!\n";
  exec 'bash', '-s';
  die "bash: $!\n";
}
