// HttpServer: the node's few pages over HTTP/1.1 (Boost.Beast), on loopback unless configured
// otherwise. GET and HEAD only, small requests only, a deadline on every read and write, a bounded
// number of sessions. What a page shows is another file's matter: see route_table.h.
// Thread rule: sessions run on the executor's threads; a route's function may be called from any of them.
#pragma once

#include "config/result.h"
#include "node/web/route_table.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace efface::node {

class HttpServer {
public:
    /// Listens on `address`:`port` (0: a free one). The pages must outlive the server.
    static Result<HttpServer> listen(
        boost::asio::any_io_executor executor, const std::string& address, std::uint16_t port,
        const Pages& pages
    );
    std::uint16_t port() const;
    /// Accepts nothing more; sessions end with their next answer.
    void stop();

private:
    class Listener;

    explicit HttpServer(std::shared_ptr<Listener> listener) : listener_{std::move(listener)} {}

    std::shared_ptr<Listener> listener_;
};

}  // namespace efface::node
