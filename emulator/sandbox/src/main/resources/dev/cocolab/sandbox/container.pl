# Containers and further processes in them. Part of sandbox.pl.
use strict;
use warnings;

our $nr;

# What this machine gives a new directory.
my $directory_mode = 0755;

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
    elsif ($kind eq 'M') { push @{$c{mounts}}, [splice(@tokens, 0, 5)]; }
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
  do_mount('tmpfs', $base, 'tmpfs', MS_NOSUID | MS_NODEV, "mode=755,size=$c->{size},nr_inodes=262144");
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
    'mode=1777,size=64m,nr_inodes=16384');
  symlink 'pts/ptmx', '/dev/ptmx';
  symlink '/proc/self/fd', '/dev/fd';
  symlink "/proc/self/fd/$$_[0]", "/dev/$$_[1]" for ([0, 'stdin'], [1, 'stdout'], [2, 'stderr']);
  return;
}

# A descriptor of what lies in a volume. Who writes to the volume may have put a link in the way since
# somebody looked.
sub beneath {
  my ($root, $path, $make) = @_;
  my $how = pack('Q3', 0x200000 | 0x80000, 0, 0);
  my $strict = pack('Q3', 0x200000 | 0x80000, 0, 2 | 4 | 8); # no links, no way out
  my $base = call("mount: $root", 'openat2', -100, $root, $how, 24);
  make_beneath($base, $strict, "mount: $path in $root", split(m{/}, $path)) if $make;
  return call("mount: $path in $root", 'openat2', $base, $path, $strict, 24);
}

# Missing directories, each made in one that is held open: no link is followed on the way.
sub make_beneath {
  my ($parent, $strict, $what, @parts) = @_;
  for my $part (@parts) {
    if (syscall($nr->{mkdirat}, $parent, $part, $directory_mode) < 0 && $! != EEXIST) {
      fail('SETUP', "$what: $!");
    }
    $parent = call($what, 'openat2', $parent, $part, $strict, 24);
  }
  return;
}

sub volume {
  my ($mode, $make, $root, $path, $target) = @{$_[0]};
  my $attributes = ($mode eq 'ro' ? 1 : 0) | 2 | 4;
  return [take($root, $attributes), $target, -d $root] unless length $path;
  my $fd = beneath($root, $path, $make);
  my $tree = take("$path in $root", $attributes, $fd);
  open(my $found, '<&=', $fd) or fail('SETUP', "mount: $path in $root: $!");
  return [$tree, $target, -d $found];
}

sub build_root {
  my $c = shift;
  root_overlay($c);
  my %device = map { $_ => take("/dev/$_", 2) } qw(null zero full random urandom tty);
  my @volumes = map { volume($_) } @{$c->{mounts}};
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
  my ($c, $terminal) = @_;
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
  if ($terminal) {
    open(STDOUT, '>&', $terminal);
    open(STDERR, '>&', $terminal);
  }
  exec {$program} @args;
  my $code = $! == 2 ? 127 : 126;
  syswrite STDERR, "exec $program: $!\n";
  exit $code;
}

# Waits for the child and passes signals on: each line on standard input is a signal number. The
# end of input means that nobody is left who could stop the child.
sub supervise {
  my ($child, $null) = @_;
  # Opened before the fork: while the child changes the root, this process's paths lead nowhere.
  for my $stream (\*STDOUT, \*STDERR) {
    open($stream, '>&', $null) or fail('SETUP', "/dev/null: $!");
  }
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

sub null_device {
  open(my $null, '+<', '/dev/null') or fail('SETUP', "/dev/null: $!");
  return $null;
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
  my $null = null_device();
  my $inner = fork() // fail('SETUP', "fork: $!");
  supervise($inner, $null) if $inner;
  call('setsid', 'setsid');
  $directory_mode = 0777 & ~umask(0);
  build_root($c);
  limit_processes();
  my $limits = take_limits();
  masks();
  directory($c->{cwd});
  remount_root() if $c->{readonly};
  open(STDIN, '<', '/dev/null') or fail('SETUP', "/dev/null: $!");
  own_user_namespace($c, $limits);
  drop_privileges($c);
  run_program($c);
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
  my $null = null_device();
  my %end = $c->{tty} ? terminal($c) : $c->{stdin} ? pipe_ends() : ();
  my $child;
  # Nobody is interested any more: what the process has started goes with it.
  $SIG{TERM} = sub { if ($child) { kill 'KILL', -$child, $child; } };
  $child = fork() // fail('SETUP', "fork: $!");
  if ($child && %end) {
    close $end{child};
    attend($child, $null, \%end);
  }
  supervise($child, $null) if $child;
  call('setsid', 'setsid');
  exec_input(\%end, $c->{tty});
  drop_privileges($c);
  run_program($c, $end{tty} ? $end{child} : undef);
}

# The container's own terminal device; the process gets it as its controlling terminal.
sub terminal {
  my $c = shift;
  sysopen(my $master, '/dev/ptmx', O_RDWR | O_NOCTTY) or fail('SETUP', "/dev/ptmx: $!");
  my ($lock, $number) = (pack('l', 0), pack('L', 0));
  ioctl($master, TIOCSPTLCK, $lock) or fail('SETUP', "unlock terminal: $!");
  ioctl($master, TIOCGPTN, $number) or fail('SETUP', "terminal number: $!");
  window($master, $c->{rows}, $c->{columns});
  my $name = '/dev/pts/' . unpack('L', $number);
  sysopen(my $slave, $name, O_RDWR | O_NOCTTY) or fail('SETUP', "$name: $!");
  chown $c->{uid}, $c->{gid}, $slave if $c->{mode} eq 'root';
  return (sink => $master, source => $master, child => $slave, tty => 1);
}

sub window {
  my ($master, $rows, $columns) = @_;
  my $size = pack('S4', $rows, $columns, 0, 0);
  ioctl($master, TIOCSWINSZ, $size);
  return;
}

sub pipe_ends {
  pipe(my $read, my $write) or fail('SETUP', "pipe: $!");
  return (sink => $write, child => $read);
}

sub exec_input {
  my ($end, $tty) = @_;
  if ($tty) {
    close $end->{sink};
    ioctl($end->{child}, TIOCSCTTY, 0) or fail('SETUP', "controlling terminal: $!");
    open(STDIN, '<&', $end->{child}) or fail('SETUP', "terminal: $!");
    return;
  }
  if (%$end) {
    close $end->{sink};
    open(STDIN, '<&', $end->{child}) or fail('SETUP', "pipe: $!");
    return;
  }
  open(STDIN, '<', '/dev/null') or fail('SETUP', "/dev/null: $!");
  return;
}

# As supervise, for a process with an input of its own. On standard input come lines: a signal
# number; "D <bytes>" and so many bytes for the process; "E", the end of its input; "W <rows>
# <columns>" for its terminal. What it prints on a terminal goes to standard output.
sub attend {
  my ($child, $null, $end) = @_;
  my ($sink, $source) = @$end{qw(sink source)};
  open(STDERR, '>&', $null) or fail('SETUP', "/dev/null: $!");
  if (!$source) { open(STDOUT, '>&', $null) or fail('SETUP', "/dev/null: $!"); }
  fcntl($sink, F_SETFL, O_NONBLOCK | O_RDWR);
  $SIG{PIPE} = 'IGNORE';
  my $pidfd = syscall($nr->{pidfd_open}, $child, 0);
  my %in = (text => '', need => 0, data => '', open => 1, over => 0);
  while (1) {
    my ($read, $write) = ('', '');
    vec($read, 0, 1) = 1 if $in{open} && length($in{data}) < 65536;
    vec($read, $pidfd, 1) = 1;
    vec($read, fileno $source, 1) = 1 if $source;
    vec($write, fileno $sink, 1) = 1 if $sink && length $in{data};
    next if select($read, $write, undef, undef) < 0;
    if ($source && vec($read, fileno $source, 1)) { copy_out($source) or undef $source; }
    if ($sink && length $in{data} && vec($write, fileno $sink, 1)) {
      my $count = syswrite($sink, $in{data});
      if (defined $count) { substr($in{data}, 0, $count) = ''; }
      elsif ($! != EAGAIN) { $in{data} = ''; undef $sink; }
    }
    last if vec($read, $pidfd, 1);
    take_orders(\%in, $child, $end) if vec($read, 0, 1);
    if ($in{over} && !length $in{data} && $sink) {
      if ($end->{tty}) { $in{data} = "\x04"; $in{over} = 0; }
      else { close $sink; undef $sink; delete $end->{sink}; }
    }
  }
  waitpid($child, 0);
  my $status = $?;
  # A process that it left behind may hold the terminal: only what is already there is copied.
  while ($source) {
    my $read = '';
    vec($read, fileno $source, 1) = 1;
    last unless select($read, undef, undef, 0) > 0 && copy_out($source);
  }
  exit code($status);
}

sub copy_out {
  my $source = shift;
  my $count = sysread($source, my $text, 32768);
  return 1 if !defined $count && $! == EAGAIN;
  return 0 unless $count;
  while (length $text) {
    my $done = syswrite(STDOUT, $text) // return 0;
    substr($text, 0, $done) = '';
  }
  return 1;
}

sub take_orders {
  my ($in, $child, $end) = @_;
  my $count = sysread(STDIN, $in->{text}, 65536, length $in->{text});
  if (!$count) { kill SIGKILL, $child; $in->{open} = 0; return; }
  while (length $in->{text}) {
    if ($in->{need}) {
      my $part = substr($in->{text}, 0, $in->{need}, '');
      $in->{need} -= length $part;
      $in->{data} .= $part if $end->{sink};
    }
    elsif ($in->{text} =~ s/^(\d+)\n//) { kill $1 + 0, $child; }
    elsif ($in->{text} =~ s/^D (\d+)\n//) { $in->{need} = $1 + 0; }
    elsif ($in->{text} =~ s/^E\n//) { $in->{over} = 1; }
    elsif ($in->{text} =~ s/^W (\d+) (\d+)\n//) { window($end->{sink}, $1, $2) if $end->{tty}; }
    else { last; }
  }
  return;
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
  my ($own, $its) = map { readlink "/proc/$_/ns/user" } ('self', $pid);
  push @order, $file{user} if $own ne $its;
  call('enter namespace', 'setns', fileno $_, 0) for @order;
  return;
}

1;
