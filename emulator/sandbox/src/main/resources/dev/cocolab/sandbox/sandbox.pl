# Namespaces for CoCoLab. Needs perl-base and no module that loads native code.
#
#   perl sandbox.pl ARCH pause     holds a pod: namespaces, loopback, relays
#   perl sandbox.pl ARCH ctr       one container of a pod
#   perl sandbox.pl ARCH exec      one more process in a container
#   perl sandbox.pl ARCH probe     tries all of it and reports the first step that fails
#
# relay.pl, container.pl and confine.pl lie beside it.
#
# The parameters come on standard input: a decimal length, a newline, then NUL-separated tokens.
# The first line on standard output is "OK ..." or "ERR KIND text". Standard input stays open: its
# end means that the JVM is gone.
use strict;
use warnings;

my ($arch, $command) = @ARGV;
my %numbers = (
  amd64 => {
    mount => 165, umount2 => 166, pivot_root => 155, unshare => 272, setns => 308,
    sethostname => 170, prctl => 157, capset => 126, setgroups => 116, setresuid => 117,
    setresgid => 119, setsid => 112, mkdirat => 258, prlimit64 => 302, keyctl => 250, add_key => 248,
    request_key => 249, bpf => 321, perf_event_open => 298, open_by_handle_at => 304,
    syslog => 103, kexec_load => 246, userfaultfd => 323, socket => 41, audit => 0xc000003e,
  },
  aarch64 => {
    mount => 40, umount2 => 39, pivot_root => 41, unshare => 97, setns => 268,
    sethostname => 161, prctl => 167, capset => 91, setgroups => 159, setresuid => 147,
    setresgid => 149, setsid => 157, mkdirat => 34, prlimit64 => 261, keyctl => 219, add_key => 217,
    request_key => 218, bpf => 280, perf_event_open => 241, open_by_handle_at => 265,
    syslog => 116, kexec_load => 104, userfaultfd => 282, socket => 198, audit => 0xc00000b7,
  },
);
our $nr = $numbers{$arch // ''} or fail('SETUP', 'no system call numbers for this processor');
# The same on all architectures since Linux 5.1.
$nr->{io_uring_setup} = 425;
$nr->{open_tree} = 428;
$nr->{move_mount} = 429;
$nr->{pidfd_open} = 434;
$nr->{openat2} = 437;
$nr->{mount_setattr} = 442;

use constant {
  NEWNS => 0x20000, NEWUTS => 0x4000000, NEWIPC => 0x8000000, NEWUSER => 0x10000000,
  NEWPID => 0x20000000, NEWNET => 0x40000000,
  MS_RDONLY => 1, MS_NOSUID => 2, MS_NODEV => 4, MS_NOEXEC => 8, MS_REMOUNT => 32,
  MS_BIND => 4096, MS_REC => 16384, MS_PRIVATE => 1 << 18, MS_SLAVE => 1 << 19,
  MNT_DETACH => 2, SIGKILL => 9, PR_SET_PDEATHSIG => 1, PR_CAPBSET_DROP => 24,
  PR_SET_NO_NEW_PRIVS => 38, EINTR => 4, EEXIST => 17, EAGAIN => 11, EINPROGRESS => 115,
  BUFFER => 262144, MAX_SIDES => 800,
  O_RDWR => 2, O_NOCTTY => 0x100, O_NONBLOCK => 0x800, F_SETFL => 4,
  TIOCSPTLCK => 0x40045431, TIOCGPTN => 0x80045430, TIOCSWINSZ => 0x5414, TIOCSCTTY => 0x540E,
};

sub say_line { my $line = "$_[0]\n"; syswrite STDOUT, $line; return; }

sub fail {
  my ($kind, $text) = @_;
  $text =~ s/[\r\n]+/ /g;
  say_line("ERR $kind $text");
  exit 125;
}
$SIG{__DIE__} = sub { fail('SETUP', $_[0]) };

sub call {
  my ($what, $name, @args) = @_;
  my $result = syscall($nr->{$name}, @args);
  fail('SETUP', "$what: $!") if $result < 0;
  return $result;
}

sub do_mount {
  my ($source, $target, $type, $flags, $data, $soft) = @_;
  my $result = syscall($nr->{mount}, $source, $target, $type, $flags, $data);
  return 1 if $result == 0;
  return 0 if $soft;
  fail('SETUP', "mount: $type on $target: $!");
}

sub put {
  my ($path, $text) = @_;
  open(my $file, '>', $path) or fail('SETUP', "unshare: open failed $path: $!");
  defined(syswrite($file, $text)) or fail('SETUP', "unshare: write failed $path: $!");
  close $file;
  return;
}

# An ordinary user may map exactly one user and one group.
sub map_ids {
  my ($uid, $gid, $outer_uid, $outer_gid) = @_;
  call('unshare: unshare failed', 'unshare', NEWUSER);
  put('/proc/self/setgroups', 'deny');
  put('/proc/self/uid_map', "$uid $outer_uid 1");
  put('/proc/self/gid_map', "$gid $outer_gid 1");
  return;
}

sub read_tokens {
  my ($length, $char, $text) = ('', '', '');
  while (sysread(STDIN, $char, 1)) {
    last if $char eq "\n";
    $length .= $char;
  }
  fail('SETUP', 'parameters missing') unless $length =~ /^\d{1,8}$/;
  while (length($text) < $length) {
    my $count = sysread(STDIN, $text, $length - length($text), length($text));
    fail('SETUP', 'parameters cut off') unless $count;
  }
  return split(/\0/, $text, -1);
}

sub quiet {
  for my $stream (@_) {
    open($stream, '+<', '/dev/null') or fail('SETUP', "/dev/null: $!");
  }
  return;
}

sub part {
  my $name = shift;
  my $file = $0 =~ s{[^/]+$}{$name.pl}r;
  require $file;
  return;
}

# Status of a child as a shell reports it.
sub code { my $status = shift; return $status & 127 ? 128 + ($status & 127) : $status >> 8; }

# ---- pod --------------------------------------------------------------------------------------

sub loopback_up {
  socket(my $socket, 2, 2, 0) or fail('SETUP', "socket: $!");
  my $request = pack('a16 s x22', 'lo', 0x49);
  ioctl($socket, 0x8914, $request) or fail('SETUP', "loopback up: $!");
  return;
}

# Every port may be listened on, as in a pod of a cluster. Container runtimes show /proc read-only to
# who is root in them; one that was mounted here is not.
sub all_ports {
  my $file = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
  my $mounted = !open(my $trial, '+<', $file);
  do_mount('proc', '/proc', 'proc', MS_NOSUID | MS_NODEV | MS_NOEXEC, 0) if $mounted;
  put($file, '0');
  call('umount: /proc', 'umount2', '/proc', 2) if $mounted;
  return;
}

sub pod_namespaces {
  my $mode = shift;
  map_ids(0, 0, $>, $) + 0) if $mode eq 'user';
  call('unshare: unshare failed', 'unshare', NEWNET | NEWIPC | NEWUTS | NEWPID | NEWNS);
  return;
}

sub nonblocking { my $flags = fcntl($_[0], 3, 0); fcntl($_[0], 4, $flags | 2048); return; }

sub inet { my ($ip, $port) = @_; return pack('S n C4 x8', 2, $port, split(/\./, $ip)); }

sub pause {
  my ($mode, $hostname, @rest) = read_tokens();
  my (@forwards, @memory, $inbound);
  while (@rest) {
    my $kind = shift @rest;
    if ($kind eq 'F') { push @forwards, [splice(@rest, 0, 3)]; }
    elsif ($kind eq 'T') { push @memory, [splice(@rest, 0, 2)]; }
    elsif ($kind eq 'I') { $inbound = shift @rest; }
    else { fail('SETUP', "unknown parameter $kind"); }
  }
  # A terminal's interrupt is for the JVM, which then ends its pods in order.
  call('setsid', 'setsid');
  # The listener for connections into the pod lies outside of it, hence before the namespaces.
  my $listen_in;
  if (defined $inbound) {
    socket($listen_in, 1, 1, 0) or fail('SETUP', "socket: $!");
    bind($listen_in, pack('S a*', 1, $inbound)) or fail('SETUP', "listen on $inbound: $!");
    listen($listen_in, 128) or fail('SETUP', "listen on $inbound: $!");
    nonblocking($listen_in);
  }
  pod_namespaces($mode);
  pipe(my $ready, my $tell) or fail('SETUP', "pipe: $!");
  my $child = fork() // fail('SETUP', "fork: $!");
  if ($child) {
    close $tell;
    close $listen_in if $listen_in;
    quiet(\*STDIN, \*STDERR);
    my $line = <$ready>;
    say_line("OK $child") if defined $line;
    quiet(\*STDOUT);
    waitpid($child, 0);
    exit code($?);
  }
  call('prctl', 'prctl', PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  close $ready;
  do_mount('none', '/', 'none', MS_SLAVE | MS_REC, 0);
  call('sethostname', 'sethostname', $hostname, length $hostname);
  loopback_up();
  all_ports();
  for my $volume (@memory) {
    my ($path, $size) = @$volume;
    do_mount('tmpfs', $path, 'tmpfs', MS_NOSUID | MS_NODEV, "mode=1777,size=$size,nr_inodes=262144");
  }
  my @listeners;
  for my $forward (@forwards) {
    my ($ip, $port, $target) = @$forward;
    socket(my $socket, 2, 1, 0) or fail('SETUP', "socket: $!");
    setsockopt($socket, 1, 2, 1);
    bind($socket, inet($ip, $port)) or fail('SETUP', "listen on $ip:$port: $!");
    listen($socket, 128) or fail('SETUP', "listen on $ip:$port: $!");
    nonblocking($socket);
    push @listeners, [$socket, $target];
  }
  push @listeners, [$listen_in, undef] if $listen_in;
  # Children left behind by containers end up here.
  $SIG{CHLD} = 'IGNORE';
  $SIG{PIPE} = 'IGNORE';
  part('relay');
  syswrite $tell, "ready\n";
  close $tell;
  quiet(\*STDOUT, \*STDERR);
  relay(@listeners);
  exit 0;
}

# A detached copy of a mount, which survives the change of root; flags are only ever added.
sub take {
  my ($source, $attributes, $from) = @_;
  my ($path, $empty) = (defined $from ? '' : $source, '');
  my $fd = syscall($nr->{open_tree}, $from // -100, $path,
    1 | 0x80000 | 0x8000 | (defined $from ? 0x1000 : 0));
  fail('SETUP', "mount: $source: $!") if $fd < 0;
  my $set = pack('Q4', $attributes, 0, 0, 0);
  call("mount: flags of $source", 'mount_setattr', $fd, $empty, 0x1000 | 0x8000, $set, 32);
  return $fd;
}

# ---- probe ------------------------------------------------------------------------------------

# exec looks up the namespaces of a container's process, which may be another user's.
sub enter_other_users {
  pipe(my $ready, my $tell) or fail('SETUP', "pipe: $!");
  pipe(my $wait, my $release) or fail('SETUP', "pipe: $!");
  my $other = fork() // fail('SETUP', "fork: $!");
  if (!$other) {
    close $release;
    call('setresuid', 'setresuid', 65534, 65534, 65534);
    syswrite $tell, 'x';
    sysread $wait, my $end, 1;
    exit 0;
  }
  close $tell;
  fail('SETUP', 'setresuid: Operation not permitted') unless sysread $ready, my $begun, 1;
  defined readlink "/proc/$other/ns/net" or fail('SETUP', "unshare: namespaces of others: $!");
  close $release;
  waitpid($other, 0);
  return;
}

sub probe {
  my ($mode, $directory) = read_tokens();
  pod_namespaces($mode);
  my $child = fork() // fail('SETUP', "fork: $!");
  if ($child) { waitpid($child, 0); exit code($?); }
  do_mount('none', '/', 'none', MS_PRIVATE | MS_REC, 0);
  loopback_up();
  all_ports();
  do_mount('proc', '/proc', 'proc', MS_NOSUID | MS_NODEV | MS_NOEXEC, 0);
  do_mount('tmpfs', $directory, 'tmpfs', MS_NOSUID | MS_NODEV, 'mode=755,size=1m');
  mkdir "$directory/$_", 0755 for qw(lower upper work root);
  my $options = "lowerdir=$directory/lower,upperdir=$directory/upper,workdir=$directory/work";
  do_mount('overlay', "$directory/root", 'overlay', MS_NODEV, "$options,userxattr", 1)
    or do_mount('overlay', "$directory/root", 'overlay', MS_NODEV, $options);
  take('/dev/null', 2);
  enter_other_users() if $mode eq 'root';
  chdir "$directory/root" or fail('SETUP', "chdir: $!");
  my $here = '.';
  call('pivot_root', 'pivot_root', $here, $here);
  say_line('OK');
  exit 0;
}

my %commands = (
  pause => \&pause,
  ctr => sub { part('confine'); part('container'); ctr(); },
  exec => sub { part('confine'); part('container'); exec_in(); },
  probe => \&probe,
);
($commands{$command // ''} // sub { fail('SETUP', 'unknown command') })->();
