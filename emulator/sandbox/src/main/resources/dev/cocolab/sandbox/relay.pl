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

1;
