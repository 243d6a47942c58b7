// FolderCarrier: delivers into a tree of Part 10 files. The copying blocks, so it runs where
// `run_blocking` puts it; callbacks come back to the forwarding thread.
#pragma once

#include "node/forward/carrier.h"
#include "node/forward/part10_tree.h"
#include "pipeline/spool/spool.h"

#include <functional>
#include <string>

namespace efface::node {

struct FolderParts {
    Environment& environment;
    pipeline::Spool& spool;
    std::function<void(std::function<void()>)> run_blocking;
    std::function<void(std::function<void()>)> post;
};

class FolderCarrier final : public Carrier {
public:
    FolderCarrier(FolderParts parts, const std::string& root)
        : parts_{std::move(parts)}, tree_{parts_.environment, root} {}

    void prepare(const std::vector<db::Delivery>& batch, Done done) override;
    void send(const db::Delivery& delivery, Done done) override;

    void rest() override {}

    void close() override {}

private:
    Carried place(const db::Delivery& delivery);
    FolderParts parts_;
    Part10Tree tree_;
};

}  // namespace efface::node
