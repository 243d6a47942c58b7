#include "node/dimse/instance_sink.h"

#include "node/dimse/status_table.h"

namespace efface::node {

void IncomingInstance::append_last(
    std::span<const std::byte> bytes, std::function<void(std::uint16_t)> done
) {
    append(bytes, [this, done = std::move(done)](const Status& status) {
        if (status) {
            finish(done);
        } else {
            done(status_of(status.error().fault));
        }
    });
}

}  // namespace efface::node
