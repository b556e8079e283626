# The relay of a pod: non-blocking, with one bounded buffer a direction. Part of sandbox.pl.
use strict;
use warnings;

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
    delete $side->{retry};
    return connected($side);
  }
  # EAGAIN on a Unix socket: the listener's queue is full, and nothing will wake us.
  if ($! == EAGAIN) { $side->{retry} = 1; return; }
  delete $side->{retry};
  refused($side, $! + 0) unless $! == EINPROGRESS;
  return;
}

# Who asked for an answer gets one byte before anything else: 0, or the error's number.
sub connected {
  my $side = shift;
  $side->{connecting} = 0;
  my $asker = $side->{peer};
  syswrite($asker->{handle}, chr 0) if $asker && $asker->{answers};
  return;
}

sub refused {
  my ($side, $error) = @_;
  my $asker = $side->{peer};
  return drop($side) unless $asker && $asker->{answers};
  if (my $next = shift @{$asker->{addresses}}) {
    my $out = $side->{out};
    delete $asker->{peer};
    delete $side->{peer};
    drop($side);
    return dial($asker, $next, $out);
  }
  syswrite($asker->{handle}, chr($error || 111));
  return drop($side);
}

sub dial {
  my ($asker, $address, $out) = @_;
  # The first field of an address is its family.
  socket(my $inner, unpack('S', $address), 1, 0) or return refused({peer => $asker, out => $out}, $! + 0);
  my $peer = side($inner, $address);
  $peer->{out} = $out;
  join_sides($asker, $peer);
  return try_connect($peer);
}

# A connection into the pod starts with "HOST PORT" and a newline, and is answered unless an "@" leads.
sub asked {
  my $side = shift;
  my ($silent, $host, $port, $rest) =
    $side->{asking} =~ /^:(@?)(localhost|127(?:\.\d{1,3}){3}) (\d{1,5})\n(.*)\z/s
    or return length($side->{asking}) > 24 ? drop($side) : undef;
  delete $side->{asking};
  $side->{answers} = !$silent;
  $side->{addresses} = [];
  if ($host eq 'localhost') {
    $host = '127.0.0.1';
    push @{$side->{addresses}}, pack('S n N a16 N', 10, $port, 0, "\0" x 15 . "\1", 0);
  }
  return dial($side, inet($host, $port), $rest);
}

# Whether the other end of a Unix socket is closed, and not only done with sending.
sub gone { my $side = shift; return !defined send($side->{handle}, '', 0x4000); }

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
    return drop($side) unless $count;
    $side->{asking} .= $chunk;
    return asked($side);
  }
  if ($count == 0) {
    $side->{ended} = 1;
    return drop($side) if $side->{answers} && gone($side);
  }
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

# Who came from outside and has no more to say; that he goes away then makes no noise.
sub half_open { my $side = shift; return $side->{answers} && $side->{ended}; }

sub serve_side {
  my ($side, $read, $write) = @_;
  return unless $side->{handle};
  my $number = fileno $side->{handle};
  return try_connect($side) if $side->{retry};
  if (vec($write, $number, 1)) {
    if ($side->{connecting}) {
      my $error = getsockopt($side->{handle}, 1, 4);
      my $reason = defined $error ? unpack('i', $error) : 111;
      return refused($side, $reason) if $reason;
      connected($side);
    }
    flush_side($side);
  }
  return unless $side->{handle};
  return drop($side) if half_open($side) && gone($side);
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
      $wait //= 1 if half_open($side);
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

1;
