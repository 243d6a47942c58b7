// TcpTransport: a connected TCP socket as a Transport. The only header here that shows Boost.Asio;
// included by the two files that make connections.
#pragma once

#include "node/dimse/transport.h"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>

#include <memory>

namespace efface::node {

using Strand = boost::asio::strand<boost::asio::io_context::executor_type>;
using TcpSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Strand>;

/// Takes a connected socket; sets TCP_NODELAY (without it a small response waits for the peer's delayed
/// acknowledgement, 20 instances a second) and SO_KEEPALIVE.
std::unique_ptr<Transport> make_tcp_transport(TcpSocket socket);

}  // namespace efface::node
