# Runs a command very often and many at a time, from a process that is so small
# that its own memory does not count: what a child has before execve counts for it.
#
# Usage: perl launches.pl LAUNCHES PARALLEL OUTPUT COMMAND [ARG…]
#
# OUTPUT gets what the commands write. Standard output gets a line for each: its
# wait status, peak resident memory in KiB, and microseconds of processor time;
# then the seconds that all took, and how many processes they left behind.
use strict;
use warnings;
use Time::HiRes 'time';

my ($launches, $parallel, $output, @command) = @ARGV;
my $is_arm = `uname -m` =~ /^aarch64/;
# Of unistd.h: wait4(2), which tells of one child's memory, and prctl(2).
my ($wait4, $prctl) = $is_arm ? (260, 167) : (61, 157);
my $PR_SET_CHILD_SUBREAPER = 36;
# sizeof(struct rusage) of getrusage(2)
my $RUSAGE = 144;

syscall($prctl, $PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 or die "prctl: $!";
open STDIN, '<', '/dev/null' or die "/dev/null: $!";
my %children;
my @lines;
my $orphans = 0;

sub start {
  my $pid = fork // die "fork: $!";
  if ($pid) { $children{$pid} = 1; return; }
  open STDOUT, '>>', $output or die "$output: $!";
  open STDERR, '>&', \*STDOUT or die "$output: $!";
  exec { $command[0] } @command or die "$command[0]: $!";
}

# Whether there was one to wait for.
sub reap {
  my ($status, $usage) = (pack('i', 0), "\0" x $RUSAGE);
  my $pid = syscall($wait4, -1, $status, 0, $usage);
  return 0 if $pid < 0;
  if (!delete $children{$pid}) { $orphans++; return 1; }
  my ($s, $us, $ss, $sus, $peak) = unpack('q5', $usage);
  push @lines, join(' ', unpack('i', $status), $peak, ($s + $ss) * 1e6 + $us + $sus);
  return 1;
}

my $begin = time;
for (1 .. $launches) {
  reap() if keys %children >= $parallel;
  start();
}
reap() while %children;
my $took = time - $begin;
# What is still there now, and whatever ends later, was left behind.
1 while reap();
print "$_\n" for @lines, "$took $orphans";
