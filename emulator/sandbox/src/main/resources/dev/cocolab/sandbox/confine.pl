# What a container may do and use up. Part of sandbox.pl.
use strict;
use warnings;

our $nr;

use constant {
  PR_SET_SECCOMP => 22, JOIN_SESSION_KEYRING => 1,
  # Processes and threads of one container; the kernel keeps 300 of the ids for itself.
  PROCESSES => 1024, DESCRIPTORS => 16384, INOTIFY => 32, FILE_BYTES => 2 << 30,
  RLIMIT_FSIZE => 1, RLIMIT_CORE => 4, RLIMIT_NPROC => 6, RLIMIT_NOFILE => 7,
  RLIMIT_MSGQUEUE => 12,
};

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

# Held open across the masking of /proc/sys.
sub take_limits {
  my $path = '/proc/sys/user';
  my $fd = syscall($nr->{open_tree}, -100, $path, 0x80000);
  return $fd < 0 ? undef : $fd;
}

# Since Linux 6.14 each PID namespace has a limit of its own; before, root would change the machine's.
sub limit_processes {
  open(my $release, '<', '/proc/sys/kernel/osrelease') or return;
  my ($major, $minor) = (<$release> // '') =~ /^(\d+)\.(\d+)/ or return;
  return if $major < 6 || ($major == 6 && $minor < 14);
  open(my $file, '>', '/proc/sys/kernel/pid_max') or return;
  syswrite $file, PROCESSES;
  return;
}

# Limits are only ever lowered. That of processes does not bind user 0 of the machine.
sub limit_resources {
  my %limit = (
    RLIMIT_FSIZE, FILE_BYTES, RLIMIT_CORE, 0, RLIMIT_NPROC, PROCESSES, RLIMIT_NOFILE, DESCRIPTORS,
    RLIMIT_MSGQUEUE, 65536,
  );
  for my $which (sort keys %limit) {
    my ($none, $old) = (0, pack('Q2', 0, 0));
    # Not by call(), which would have the kernel fill a copy.
    syscall($nr->{prlimit64}, 0, $which + 0, $none, $old) == 0 or fail('SETUP', "limits: $!");
    my ($soft, $hard) = map { $_ < $limit{$which} ? $_ : $limit{$which} } unpack('Q2', $old);
    # A program may raise its own limit up to the hard one, so the two need not differ.
    my $new = pack('Q2', $which == RLIMIT_NOFILE ? $hard : $soft, $hard);
    call('set limit', 'prlimit64', 0, $which + 0, $new, 0);
  }
  # When memory runs out the kernel ends containers before anything else, the largest first.
  if (open(my $file, '>', '/proc/self/oom_score_adj')) { syswrite $file, '1000'; }
  return;
}

# A user namespace of its own for every container: mounts belong to the one above, so not even its
# user 0 can change them, and capabilities end at the container's own namespaces.
sub own_user_namespace {
  my ($c, $limits) = @_;
  if ($c->{mode} eq 'user') { map_ids($c->{uid}, $c->{gid}, 0, 0); }
  elsif (!same_ids()) { return; }
  return unless defined $limits;
  my %most = (max_user_namespaces => 0, max_inotify_instances => INOTIFY);
  for my $name (sort keys %most) {
    my $path = "/proc/self/fd/$limits/$name";
    put($path, $most{$name}) if -e $path;
  }
  return;
}

# Every id means what it means outside: for an emulator that is root. Only somebody who stays
# outside may write such a map. Where no user namespace can be had the container has to do without.
sub same_ids {
  pipe(my $ready, my $tell) or fail('SETUP', "pipe: $!");
  my $helper = fork() // fail('SETUP', "fork: $!");
  if (!$helper) {
    close $tell;
    my $made = sysread($ready, my $word, 1);
    if ($made) { put("/proc/1/$_", ids_as_here($_)) for qw(uid_map gid_map); }
    exit 0;
  }
  close $ready;
  my $made = syscall($nr->{unshare}, NEWUSER) == 0;
  syswrite $tell, '+' if $made;
  close $tell;
  waitpid($helper, 0);
  return $made;
}

sub ids_as_here {
  my $name = shift;
  open(my $file, '<', "/proc/self/$name") or fail('SETUP', "$name: $!");
  return join('', map { my @id = split; "$id[0] $id[0] $id[2]\n" } <$file>);
}

sub drop_privileges {
  my $c = shift;
  my ($uid, $gid) = ($c->{uid}, $c->{gid});
  my $program_mask = $uid == 0 ? $c->{caps} : 0;
  limit_resources();
  # Otherwise the process would hold the keys of whoever started the emulator.
  syscall($nr->{keyctl}, JOIN_SESSION_KEYRING, 0);
  if ($c->{nonewprivs}) {
    call('no_new_privs', 'prctl', PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  }
  for my $capability (0 .. 63) {
    next if $c->{caps} >> $capability & 1;
    last if syscall($nr->{prctl}, PR_CAPBSET_DROP, $capability, 0, 0, 0) < 0;
  }
  # Before the user changes: without no_new_privs it takes a capability that is gone afterwards.
  filter_calls();
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

# System calls that no namespace confines are refused, as container runtimes do. Another system call
# table than the processor's main one is not served at all.
sub filter_calls {
  my $answer = sub { return [0x06, 0, 0, 0x50000 | $_[0]]; };
  my @program = ([0x20, 0, 0, 4], [0x15, 1, 0, $nr->{audit}], $answer->(38), [0x20, 0, 0, 0]);
  push @program, [0x35, 0, 1, 0x40000000], $answer->(38);
  push @program, [0x15, 0, 1, $_], $answer->(1)
    for map { $nr->{$_} } qw(keyctl add_key request_key bpf perf_event_open open_by_handle_at
      syslog kexec_load userfaultfd io_uring_setup);
  # Sockets to the virtual machine's host belong to no network namespace.
  push @program, [0x15, 0, 3, $nr->{socket}], [0x20, 0, 0, 16], [0x15, 0, 1, 40], $answer->(97);
  push @program, [0x06, 0, 0, 0x7fff0000];
  my $filter = join('', map { pack('S C C L', @$_) } @program);
  my $descriptor = pack('S x6 P', scalar @program, $filter);
  call('seccomp', 'prctl', PR_SET_SECCOMP, 2, $descriptor, 0, 0);
  return;
}

1;
