# Attempts to break out, for tests. Uses nothing but perl itself, so that it runs in a bare image.
#
#   perl attempts.pl ARCH MOUNTS [FILE]
#
# Where the mount namespace is MOUNTS, as /proc/self/ns/mnt shows it, this is the machine itself, and
# what could change it is not attempted. Each line of FILE, or of standard input, is a name, an operation and its arguments, separated by
# tabs. Each answer is the name, a tab, and "ok", an error number, or a text.
my ($arch, $machine, $file) = @ARGV;
my %numbers = (
  amd64 => {
    ptrace => 101, mount => 165, umount2 => 166, pivot_root => 155, chroot => 161, mknodat => 259,
    setns => 308, unshare => 272, name_to_handle_at => 303, open_by_handle_at => 304,
    prlimit64 => 302, add_key => 248, keyctl => 250, bpf => 321, perf_event_open => 298,
    process_vm_readv => 310, sethostname => 170, setpriority => 141,
  },
  aarch64 => {
    ptrace => 117, mount => 40, umount2 => 39, pivot_root => 41, chroot => 51, mknodat => 33,
    setns => 268, unshare => 97, name_to_handle_at => 264, open_by_handle_at => 265,
    prlimit64 => 261, add_key => 217, keyctl => 219, bpf => 280, perf_event_open => 241,
    process_vm_readv => 270, sethostname => 161, setpriority => 140,
  },
);
my $nr = $numbers{$arch} or die "no system call numbers for $arch\n";
$nr->{open_tree} = 428;
$nr->{fsopen} = 430;
$nr->{pidfd_open} = 434;

sub result { return $_[0] ? 'ok' : $! + 0; }

# A system call takes no constants.
sub made { my ($name, @args) = @_; return result(syscall($nr->{$name}, @args) >= 0); }

sub unix { my $path = shift; return pack('S a*', 1, $path); }

sub handle {
  my ($path, $mount) = @_;
  my ($buffer, $id) = (pack('L l x128', 128, 0), pack('l', 0));
  syscall($nr->{name_to_handle_at}, -100, $path, $buffer, $id, 0) >= 0 or return "named $!";
  open(my $at, '<', $mount) or return "opened $!";
  return made('open_by_handle_at', fileno $at, $buffer, 0);
}

my %operations = (
  read => sub {
    open(my $in, '<', $_[0]) or return $! + 0;
    return result(defined sysread($in, my $text, 4096));
  },
  # What is read, when that something can be read is no secret.
  text => sub {
    open(my $in, '<', $_[0]) or return $! + 0;
    defined sysread($in, my $text, 200) or return $! + 0;
    $text =~ s/\s+/ /g;
    return "text $text";
  },
  write => sub {
    open(my $out, '>>', $_[0]) or return $! + 0;
    return result(defined syswrite($out, $_[1]));
  },
  list => sub { return result(opendir(my $in, $_[0])); },
  descriptors => sub {
    opendir(my $in, '/proc/self/fd') or return $! + 0;
    # Perl itself holds the script open, and this folder.
    my $own = qr{attempts|^/proc/\d+/fd$};
    my @open = grep { /^\d+$/ && (readlink("/proc/self/fd/$_") // '/proc/0/fd') !~ $own } readdir $in;
    return 'text ' . join(' ', sort @open);
  },
  processes => sub {
    opendir(my $in, '/proc') or return $! + 0;
    return 'text ' . scalar grep { /^\d+$/ } readdir $in;
  },
  tcp => sub {
    my ($ip, $port) = @_;
    socket(my $socket, 2, 1, 0) or return $! + 0;
    return result(connect($socket, pack('S n C4 x8', 2, $port, split(/\./, $ip))));
  },
  unix => sub {
    socket(my $socket, 1, 1, 0) or return $! + 0;
    return result(connect($socket, unix($_[0])));
  },
  abstract => sub {
    socket(my $socket, 1, 1, 0) or return $! + 0;
    return result(connect($socket, unix("\0$_[0]")));
  },
  socket => sub { return result(socket(my $socket, $_[0], $_[1], $_[2])); },
  kill => sub { return result(kill(0, $_[0] + 0)); },
  ptrace => sub { return made('ptrace', 0x4206, $_[0] + 0, 0, 0); },
  peek => sub {
    my $buffer = "\0" x 8;
    my $vector = pack('P Q', $buffer, 8);
    return made('process_vm_readv', $_[0] eq 'self' ? $$ : $_[0] + 0, $vector, 1, $vector, 1, 0);
  },
  pidfd => sub { return made('pidfd_open', $_[0] + 0, 0); },
  mount => sub { my ($type, $to) = @_; return made('mount', $type, $to, $type, 0, 0); },
  bind => sub { my ($from, $to) = @_; return made('mount', $from, $to, 'none', 4096, 0); },
  remount => sub { my $to = shift; return made('mount', 'none', $to, 'none', 4096 | 32, 0); },
  umount => sub { my $to = shift; return made('umount2', $to, 2); },
  clonemount => sub { my $path = shift; return made('open_tree', -100, $path, 1); },
  fsopen => sub { my $type = shift; return made('fsopen', $type, 0); },
  pivot => sub { chdir $_[0] or return $! + 0; my ($new, $old) = ('.', '.'); return made('pivot_root', $new, $old); },
  chroot => sub { my $to = shift; return made('chroot', $to); },
  setns => sub { open(my $in, '<', $_[0]) or return $! + 0; return made('setns', fileno $in, 0); },
  unshare => sub { return made('unshare', hex $_[0]); },
  mknod => sub {
    my ($path, $kind, $major, $minor) = @_;
    my $mode = {c => 020600, b => 060600, p => 010600}->{$kind};
    return made('mknodat', -100, $path, $mode + 0, $major << 8 | $minor);
  },
  handle => \&handle,
  raise => sub {
    my ($which, $old) = ($_[0] + 0, pack('Q2', 0, 0));
    syscall($nr->{prlimit64}, 0, $which, 0, $old) >= 0 or return "asked $!";
    my ($soft, $hard) = unpack('Q2', $old);
    return 'unlimited' if $hard == ~0;
    my $new = pack('Q2', $soft, $hard + 1);
    return made('prlimit64', 0, $which, $new, 0);
  },
  addkey => sub {
    my ($name, $value) = @_;
    my $type = 'user';
    return made('add_key', $type, $name, $value, length $value, -4);
  },
  findkey => sub { my ($type, $name) = ('user', shift); return made('keyctl', 10, -4, $type, $name, 0); },
  bpf => sub { my $attributes = pack('L4 x112', 2, 4, 4, 1); return made('bpf', 0, $attributes, 128); },
  hostname => sub { my $name = shift; return made('sethostname', $name, length $name); },
  hasten => sub { return made('setpriority', 0, 0, $_[0] + 0); },
);

my %harmless = map { $_ => 1 } qw(read text list descriptors processes tcp unix abstract kill pidfd
  addkey findkey socket);
my $outside = (readlink('/proc/self/ns/mnt') // $machine) eq $machine;

$| = 1;
open(my $lines, '<', $file // '/dev/stdin') or die "$file: $!\n";
while (my $line = <$lines>) {
  chomp $line;
  my ($name, $operation, @args) = split(/\t/, $line, -1);
  my $code = $operations{$operation} or die "no operation $operation\n";
  my $answer = $outside && !$harmless{$operation} ? 'not attempted' : $code->(@args);
  print "$name\t$answer\n";
}
