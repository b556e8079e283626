# Namespaces for CoCoLab. Needs perl-base and no module that loads native code.
#
#   perl sandbox.pl ARCH pause     holds a pod: namespaces, loopback, relays
#   perl sandbox.pl ARCH ctr       one container of a pod
#   perl sandbox.pl ARCH exec      one more process in a container
#   perl sandbox.pl ARCH probe     tries all of it and reports the first step that fails
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
    setresgid => 119, setsid => 112,
  },
  aarch64 => {
    mount => 40, umount2 => 39, pivot_root => 41, unshare => 97, setns => 268,
    sethostname => 161, prctl => 167, capset => 91, setgroups => 159, setresuid => 147,
    setresgid => 149, setsid => 157,
  },
);
my $nr = $numbers{$arch // ''} or fail('SETUP', 'no system call numbers for this processor');
# The same on all architectures since Linux 5.1.
$nr->{open_tree} = 428;
$nr->{move_mount} = 429;
$nr->{pidfd_open} = 434;
$nr->{mount_setattr} = 442;

use constant {
  NEWNS => 0x20000, NEWUTS => 0x4000000, NEWIPC => 0x8000000, NEWUSER => 0x10000000,
  NEWPID => 0x20000000, NEWNET => 0x40000000,
  MS_RDONLY => 1, MS_NOSUID => 2, MS_NODEV => 4, MS_NOEXEC => 8, MS_REMOUNT => 32,
  MS_BIND => 4096, MS_REC => 16384, MS_PRIVATE => 1 << 18, MS_SLAVE => 1 << 19,
  MNT_DETACH => 2, SIGKILL => 9, PR_SET_PDEATHSIG => 1, PR_CAPBSET_DROP => 24,
  PR_SET_NO_NEW_PRIVS => 38, EINTR => 4, EAGAIN => 11, EINPROGRESS => 115,
  BUFFER => 262144, MAX_SIDES => 800,
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

# Status of a child as a shell reports it.
sub code { my $status = shift; return $status & 127 ? 128 + ($status & 127) : $status >> 8; }

# ---- pod --------------------------------------------------------------------------------------

sub loopback_up {
  socket(my $socket, 2, 2, 0) or fail('SETUP', "socket: $!");
  my $request = pack('a16 s x22', 'lo', 0x49);
  ioctl($socket, 0x8914, $request) or fail('SETUP', "loopback up: $!");
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
  put('/proc/sys/net/ipv4/ip_unprivileged_port_start', '0');
  for my $volume (@memory) {
    my ($path, $size) = @$volume;
    do_mount('tmpfs', $path, 'tmpfs', MS_NOSUID | MS_NODEV, "mode=1777,size=$size");
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
  syswrite $tell, "ready\n";
  close $tell;
  quiet(\*STDOUT, \*STDERR);
  relay(@listeners);
  exit 0;
}

# One side of a relayed connection: "out" is what waits to be written to it.
my %sides;

sub side {
  my ($handle, $address) = @_;
  nonblocking($handle);
  my $side = {handle => $handle, out => '', address => $address, connecting => defined $address};
  $sides{fileno $handle} = $side;
  return $side;
}

sub join_sides { my ($a, $b) = @_; $a->{peer} = $b; $b->{peer} = $a; return; }

sub drop {
  my $side = shift;
  my $peer = delete $side->{peer};
  for my $each ($side, $peer) {
    next unless $each && $each->{handle};
    delete $sides{fileno $each->{handle}};
    close delete $each->{handle};
    delete $each->{peer};
  }
  return;
}

sub try_connect {
  my $side = shift;
  if (connect($side->{handle}, $side->{address})) {
    $side->{connecting} = 0;
    delete $side->{retry};
    return;
  }
  # EAGAIN on a Unix socket: the listener's queue is full, and nothing will wake us.
  if ($! == EAGAIN) { $side->{retry} = 1; return; }
  delete $side->{retry};
  drop($side) unless $! == EINPROGRESS;
  return;
}

sub flush_side {
  my $side = shift;
  if (length $side->{out}) {
    my $count = syswrite($side->{handle}, $side->{out});
    if (!defined $count) {
      drop($side) unless $! == EAGAIN || $! == EINTR;
      return;
    }
    substr($side->{out}, 0, $count, '');
  }
  my $peer = $side->{peer};
  if (!length $side->{out} && $peer && $peer->{ended} && !$side->{shut}) {
    $side->{shut} = 1;
    shutdown($side->{handle}, 1);
    drop($side) if $side->{ended};
  }
  return;
}

sub fill {
  my $side = shift;
  my $count = sysread($side->{handle}, my $chunk, 65536);
  if (!defined $count) {
    drop($side) unless $! == EAGAIN || $! == EINTR;
    return;
  }
  my $peer = $side->{peer};
  if ($side->{asking}) {
    # A connection into the pod starts with the port and a newline.
    $side->{asking} .= $chunk;
    my $asked = $side->{asking};
    if ($asked =~ /^:(\d{1,5})\n(.*)\z/s) {
      socket(my $inner, 2, 1, 0) or return drop($side);
      delete $side->{asking};
      $peer = side($inner, inet('127.0.0.1', $1));
      $peer->{out} = $2;
      join_sides($side, $peer);
      return try_connect($peer);
    }
    drop($side) if !$count || length($asked) > 8;
    return;
  }
  if ($count == 0) { $side->{ended} = 1; }
  else { $peer->{out} .= $chunk; }
  flush_side($peer) unless $peer->{connecting};
  return;
}

sub accept_from {
  my $listener = shift;
  my ($socket, $target) = @$listener;
  accept(my $client, $socket) or return;
  my $side = side($client);
  if (!defined $target) { $side->{asking} = ':'; return; }
  socket(my $upstream, 1, 1, 0) or return drop($side);
  my $peer = side($upstream, pack('S a*', 1, $target));
  join_sides($side, $peer);
  return try_connect($peer);
}

sub serve_side {
  my ($side, $read, $write) = @_;
  return unless $side->{handle};
  my $number = fileno $side->{handle};
  return try_connect($side) if $side->{retry};
  if (vec($write, $number, 1)) {
    if ($side->{connecting}) {
      my $error = getsockopt($side->{handle}, 1, 4);
      return drop($side) if !defined $error || unpack('i', $error);
      $side->{connecting} = 0;
    }
    flush_side($side);
  }
  fill($side) if $side->{handle} && vec($read, $number, 1);
  return;
}

sub relay {
  my @listeners = @_;
  local $SIG{__DIE__} = 'DEFAULT';
  while (1) {
    my ($read, $write, $wait) = ('', '', undef);
    vec($read, 0, 1) = 1;
    if (keys(%sides) < MAX_SIDES) {
      vec($read, fileno $_->[0], 1) = 1 for @listeners;
    }
    for my $number (keys %sides) {
      my $side = $sides{$number};
      my $peer = $side->{peer};
      if ($side->{retry}) { $wait = 0.01; next; }
      vec($write, $number, 1) = 1 if $side->{connecting} || length $side->{out};
      next if $side->{connecting} || $side->{ended};
      vec($read, $number, 1) = 1 if !$peer || length($peer->{out}) < BUFFER;
    }
    my $count = select($read, $write, undef, $wait);
    next if $count < 0;
    if (vec($read, 0, 1)) { sysread(STDIN, my $chunk, 64) or return; }
    # A copy: what is dropped meanwhile must not be freed under the loop, which would end the pod.
    my @present = values %sides;
    for my $side (@present) {
      # One bad connection must not end the pod.
      eval { serve_side($side, $read, $write); 1 } or drop($side);
    }
    for my $listener (@listeners) {
      accept_from($listener) if vec($read, fileno $listener->[0], 1);
    }
  }
}

# ---- container --------------------------------------------------------------------------------

sub enter {
  my ($pid, @names) = @_;
  my @open;
  for my $name (@names) {
    open(my $file, '<', "/proc/$pid/ns/$name") or fail('CLOSED', "the pod is gone: $!");
    push @open, [$file, $name];
  }
  for my $each (@open) {
    my ($file, $name) = @$each;
    call("enter $name namespace", 'setns', fileno $file, 0);
  }
  return;
}

sub directory {
  my $path = shift;
  my $partial = '';
  for my $part (grep { length } split(m{/}, $path)) {
    $partial .= "/$part";
    next if -d $partial;
    mkdir($partial, 0755) or fail('SETUP', "create $partial: $!");
  }
  return;
}

sub empty_file {
  my $path = shift;
  return if -e $path;
  directory($1) if $path =~ m{^(.*)/[^/]+$};
  open(my $file, '>', $path) or fail('SETUP', "create $path: $!");
  close $file;
  return;
}

# A detached copy of a mount, which survives the change of root; flags are only ever added.
sub take {
  my ($source, $attributes) = @_;
  my ($path, $empty) = ($source, '');
  my $fd = syscall($nr->{open_tree}, -100, $path, 1 | 0x80000 | 0x8000);
  fail('SETUP', "mount: $source: $!") if $fd < 0;
  my $set = pack('Q4', $attributes, 0, 0, 0);
  call("mount: flags of $source", 'mount_setattr', $fd, $empty, 0x1000 | 0x8000, $set, 32);
  return $fd;
}

sub place {
  my ($fd, $target, $is_directory) = @_;
  if ($is_directory) { directory($target); } else { empty_file($target); }
  my ($from, $to) = ('', $target);
  # Links in the target are followed, inside the container's root.
  call("mount: on $target", 'move_mount', $fd, $from, -100, $to, 4 | 0x10);
  return;
}

sub read_container {
  my %c = (layers => [], mounts => [], args => [], env => [], groups => []);
  my @tokens = read_tokens();
  while (@tokens) {
    my $kind = shift @tokens;
    if ($kind eq 'L') { push @{$c{layers}}, shift @tokens; }
    elsif ($kind eq 'M') { push @{$c{mounts}}, [splice(@tokens, 0, 3)]; }
    elsif ($kind eq 'A') { push @{$c{args}}, shift @tokens; }
    elsif ($kind eq 'E') { push @{$c{env}}, [splice(@tokens, 0, 2)]; }
    elsif ($kind eq 'G') { push @{$c{groups}}, shift @tokens; }
    elsif ($kind =~ /^[a-z]+$/) { $c{$kind} = shift @tokens; }
    else { fail('SETUP', "unknown parameter $kind"); }
  }
  return \%c;
}

sub root_overlay {
  my $c = shift;
  my $base = $c->{base};
  do_mount('none', '/', 'none', MS_PRIVATE | MS_REC, 0);
  # The writable layer is a tmpfs: it works whatever lies under the state directory, and a killed
  # emulator leaves nothing on disk.
  do_mount('tmpfs', $base, 'tmpfs', MS_NOSUID | MS_NODEV, "mode=755,size=$c->{size}");
  chdir $base or fail('SETUP', "$base: $!");
  mkdir $_, 0755 or fail('SETUP', "$base/$_: $!") for qw(upper work root);
  # Short names keep the option string below one page and free of separators.
  my $number = 0;
  for my $layer (@{$c->{layers}}) {
    -d $layer or fail('SETUP', "image layer $layer is not a directory");
    symlink($layer, "l$number") or fail('SETUP', "$base/l$number: $!");
    $number++;
  }
  my $lower = join(':', map { "l$_" } reverse 0 .. $number - 1);
  my $options = "lowerdir=$lower,upperdir=upper,workdir=work";
  do_mount('overlay', 'root', 'overlay', MS_NODEV, "$options,userxattr", 1)
    or do_mount('overlay', 'root', 'overlay', MS_NODEV, $options);
  return;
}

sub devices {
  my $taken = shift;
  directory('/dev');
  do_mount('tmpfs', '/dev', 'tmpfs', MS_NOSUID | MS_NOEXEC, 'mode=755,size=64k');
  place($taken->{$_}, "/dev/$_", 0) for sort keys %$taken;
  mkdir "/dev/$_", 0755 for qw(pts shm);
  do_mount('devpts', '/dev/pts', 'devpts', MS_NOSUID | MS_NOEXEC,
    'newinstance,ptmxmode=0666,mode=620');
  do_mount('tmpfs', '/dev/shm', 'tmpfs', MS_NOSUID | MS_NODEV | MS_NOEXEC,
    'mode=1777,size=64m');
  symlink 'pts/ptmx', '/dev/ptmx';
  symlink '/proc/self/fd', '/dev/fd';
  symlink "/proc/self/fd/$$_[0]", "/dev/$$_[1]" for ([0, 'stdin'], [1, 'stdout'], [2, 'stderr']);
  return;
}

# What a container must not change or read although it looks like root (OCI defaults).
sub masks {
  my $null = shift;
  for my $path (qw(/proc/sys /proc/irq /proc/bus /proc/fs)) {
    next unless -d $path;
    my $fd = take($path, 1 | 2 | 4 | 8);
    place($fd, $path, 1);
  }
  for my $path (qw(/proc/kcore /proc/keys /proc/timer_list /proc/sched_debug
    /proc/sysrq-trigger /proc/latency_stats)) {
    next unless -e $path;
    do_mount('/dev/null', $path, 'none', MS_BIND, 0);
  }
  for my $path (qw(/proc/acpi /proc/scsi /sys/firmware)) {
    next unless -d $path;
    do_mount('tmpfs', $path, 'tmpfs', MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, 'size=4k');
  }
  return;
}

sub build_root {
  my $c = shift;
  root_overlay($c);
  my %device = map { $_ => take("/dev/$_", 2) } qw(null zero full random urandom tty);
  my @volumes;
  for my $mount (@{$c->{mounts}}) {
    my ($mode, $source, $target) = @$mount;
    my $is_directory = -d $source;
    push @volumes, [take($source, ($mode eq 'ro' ? 1 : 0) | 2 | 4), $target, $is_directory];
  }
  chdir 'root' or fail('SETUP', "root: $!");
  my ($new, $old) = ('.', '.');
  call('pivot_root', 'pivot_root', $new, $old);
  # A new proc or sysfs is only granted while the old ones can still be seen.
  directory('/proc');
  do_mount('proc', '/proc', 'proc', MS_NOSUID | MS_NODEV | MS_NOEXEC, 0);
  directory('/sys');
  do_mount('sysfs', '/sys', 'sysfs', MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, 0, 1);
  my $here = '.';
  call('umount: old root', 'umount2', $here, MNT_DETACH);
  chdir '/' or fail('SETUP', "new root: $!");
  devices(\%device);
  place(@$_) for @volumes;
  return;
}

sub drop_privileges {
  my ($c, $user_limit) = @_;
  my ($uid, $gid) = ($c->{uid}, $c->{gid});
  my $program_mask = $uid == 0 ? $c->{caps} : 0;
  if ($c->{nonewprivs}) {
    call('no_new_privs', 'prctl', PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  }
  if ($c->{mode} eq 'user') {
    # A namespace of its own for every container: mounts now belong to the one above, so not even
    # its user 0 can change them, and no further namespace can be made.
    map_ids($uid, $gid, 0, 0);
    put("/proc/self/fd/$user_limit/max_user_namespaces", '0') if defined $user_limit;
  }
  for my $capability (0 .. 63) {
    next if $c->{caps} >> $capability & 1;
    last if syscall($nr->{prctl}, PR_CAPBSET_DROP, $capability, 0, 0, 0) < 0;
  }
  if ($c->{mode} eq 'root') {
    chown $uid, $gid, \*STDOUT, \*STDERR;
    my $groups = pack('L*', @{$c->{groups}});
    call('setgroups', 'setgroups', scalar @{$c->{groups}}, $groups);
    call('setgid', 'setresgid', $gid + 0, $gid + 0, $gid + 0);
    call('setuid', 'setresuid', $uid + 0, $uid + 0, $uid + 0);
  }
  my $header = pack('L l', 0x20080522, 0);
  my $sets = pack('L6', $program_mask, $program_mask, 0, 0, 0, 0);
  call('capset', 'capset', $header, $sets);
  return;
}

sub find_program {
  my ($name, $env) = @_;
  my $path = $env->{PATH} // '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  my @candidates = $name =~ m{/} ? ($name) : map { "$_/$name" } grep { length } split(/:/, $path);
  my $denied;
  for my $candidate (@candidates) {
    next unless -e $candidate && !-d _;
    return $candidate if -x _;
    $denied = 1;
  }
  fail('PROGRAM_NOT_EXECUTABLE', "exec: \"$name\": permission denied") if $denied;
  fail('PROGRAM_NOT_FOUND', $name =~ m{/}
    ? "exec: \"$name\": stat $name: no such file or directory"
    : "exec: \"$name\": executable file not found in \$PATH");
}

sub run_program {
  my $c = shift;
  chdir $c->{cwd} or fail('WORKING_DIRECTORY', "chdir to cwd (\"$c->{cwd}\"): $!");
  my %env = map { $$_[0] => $$_[1] } @{$c->{env}};
  my $program = find_program($c->{args}[0], \%env);
  # Set last: a change of credentials clears it.
  call('prctl', 'prctl', PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  umask 022;
  %ENV = %env;
  $SIG{__DIE__} = 'DEFAULT';
  no warnings 'exec';
  my @args = @{$c->{args}};
  say_line('OK');
  exec {$program} @args;
  my $code = $! == 2 ? 127 : 126;
  syswrite STDERR, "exec $program: $!\n";
  exit $code;
}

# Waits for the child and passes signals on: each line on standard input is a signal number. The
# end of input means that nobody is left who could stop the child.
sub supervise {
  my $child = shift;
  quiet(\*STDOUT, \*STDERR);
  my $pidfd = syscall($nr->{pidfd_open}, $child, 0);
  my ($text, $open) = ('', 1);
  while (1) {
    my $read = '';
    vec($read, 0, 1) = 1 if $open;
    vec($read, $pidfd, 1) = 1;
    next if select($read, undef, undef, undef) < 0;
    last if vec($read, $pidfd, 1);
    my $count = sysread(STDIN, $text, 64, length $text);
    if (!$count) { kill SIGKILL, $child; $open = 0; }
    while ($text =~ s/^(\d+)\n//) { kill $1 + 0, $child; }
  }
  waitpid($child, 0);
  exit code($?);
}

sub follow {
  my $child = shift;
  quiet(\*STDIN, \*STDOUT, \*STDERR);
  waitpid($child, 0);
  exit code($?);
}

sub ctr {
  my $c = read_container();
  call('setsid', 'setsid');
  enter($c->{pause}, ($c->{mode} eq 'user' ? 'user' : ()), qw(net ipc uts pid mnt));
  my $middle = fork() // fail('SETUP', "fork: $!");
  follow($middle) if $middle;
  call('unshare: unshare failed', 'unshare', NEWNS | NEWPID);
  my $inner = fork() // fail('SETUP', "fork: $!");
  supervise($inner) if $inner;
  call('setsid', 'setsid');
  umask 0;
  build_root($c);
  my $user_limit = $c->{mode} eq 'user' ? take_limit() : undef;
  masks();
  directory($c->{cwd});
  remount_root() if $c->{readonly};
  open(STDIN, '<', '/dev/null') or fail('SETUP', "/dev/null: $!");
  drop_privileges($c, $user_limit);
  run_program($c);
}

# Held open across the masking of /proc/sys.
sub take_limit {
  my $path = '/proc/sys/user';
  my $fd = syscall($nr->{open_tree}, -100, $path, 0x80000);
  return $fd < 0 ? undef : $fd;
}

sub remount_root {
  my ($path, $set) = ('/', pack('Q4', 1, 0, 0, 0));
  call('mount: read-only root', 'mount_setattr', -100, $path, 0, $set, 32);
  return;
}

sub exec_in {
  my $c = read_container();
  call('setsid', 'setsid');
  my $pid = $c->{outer};
  for (1 .. 2) {
    open(my $file, '<', "/proc/$pid/task/$pid/children") or fail('CLOSED', 'the container is gone');
    my $line = <$file> // '';
    ($pid) = $line =~ /^(\d+)/ or fail('CLOSED', 'the container is gone');
  }
  enter_exec($c, $pid);
  my $child = fork() // fail('SETUP', "fork: $!");
  supervise($child) if $child;
  call('setsid', 'setsid');
  open(STDIN, '<', '/dev/null') or fail('SETUP', "/dev/null: $!");
  exec_privileges($c);
  run_program($c);
}

sub enter_exec {
  my ($c, $pid) = @_;
  my @names = qw(net ipc uts pid mnt);
  my %file;
  for my $name (@names, 'user') {
    open($file{$name}, '<', "/proc/$pid/ns/$name") or fail('CLOSED', "the container is gone: $!");
  }
  open(my $pod_user, '<', "/proc/$c->{pause}/ns/user") or fail('CLOSED', "the pod is gone: $!");
  my @order = $c->{mode} eq 'user' ? ($pod_user) : ();
  push @order, map { $file{$_} } @names;
  push @order, $file{user} if $c->{mode} eq 'user';
  call('enter namespace', 'setns', fileno $_, 0) for @order;
  return;
}

# As drop_privileges, but the user namespace is the container's own.
sub exec_privileges {
  my $c = shift;
  my %same = (%$c, mode => $c->{mode} eq 'user' ? 'joined' : 'root');
  drop_privileges(\%same, undef);
  return;
}

# ---- probe ------------------------------------------------------------------------------------

sub probe {
  my ($mode, $directory) = read_tokens();
  pod_namespaces($mode);
  my $child = fork() // fail('SETUP', "fork: $!");
  if ($child) { waitpid($child, 0); exit code($?); }
  do_mount('none', '/', 'none', MS_PRIVATE | MS_REC, 0);
  loopback_up();
  do_mount('proc', '/proc', 'proc', MS_NOSUID | MS_NODEV | MS_NOEXEC, 0);
  do_mount('tmpfs', $directory, 'tmpfs', MS_NOSUID | MS_NODEV, 'mode=755,size=1m');
  mkdir "$directory/$_", 0755 for qw(lower upper work root);
  my $options = "lowerdir=$directory/lower,upperdir=$directory/upper,workdir=$directory/work";
  do_mount('overlay', "$directory/root", 'overlay', MS_NODEV, "$options,userxattr", 1)
    or do_mount('overlay', "$directory/root", 'overlay', MS_NODEV, $options);
  take('/dev/null', 2);
  say_line('OK');
  exit 0;
}

my %commands = (pause => \&pause, ctr => \&ctr, exec => \&exec_in, probe => \&probe);
($commands{$command // ''} // sub { fail('SETUP', 'unknown command') })->();
