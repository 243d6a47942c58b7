// ControlClient: the other end of the control socket, for the command line. Blocking, every call under
// a deadline. Protocol: control_server.h. Thread rule: belongs to one thread.
#pragma once

#include "config/environment.h"
#include "node/control/operation.h"

#include <chrono>
#include <string>
#include <string_view>

namespace efface::node {

class ControlClient {
public:
    /// ControlCode::kUnavailable where no daemon listens on `path`, kRefused where the socket's
    /// permissions keep the caller out.
    static tl::expected<ControlClient, ControlError> connect(const std::string& path);

    /// After an error with kUnavailable the connection is spent.
    ControlResult call(
        std::string_view operation, const Json& arguments,
        std::chrono::milliseconds deadline = std::chrono::milliseconds{60'000}
    );

private:
    explicit ControlClient(Descriptor socket) : socket_{std::move(socket)} {}

    Descriptor socket_;
    std::string received_;
};

}  // namespace efface::node
