#include "node/web/route_table.h"

#include <array>

namespace efface::node {

namespace {

Page live(const Pages&) {
    return {.body = "ok\n"};
}

Page ready(const Pages& pages) {
    const std::string reason = pages.not_ready_because();
    if (reason.empty()) {
        return {.body = "ready\n"};
    }
    return {.status = 503, .body = reason + "\n"};
}

Page metrics(const Pages& pages) {
    return {.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = pages.metrics_text()};
}

constexpr std::array kRouteTable{
    Route{"/livez", "The process answers.", live},
    Route{"/readyz", "New associations are taken; 503 and the reason otherwise.", ready},
    Route{"/metrics", "Counters and gauges in Prometheus' text format.", metrics},
};

}  // namespace

std::span<const Route> route_table() {
    return kRouteTable;
}

Page answer(const Pages& pages, std::string_view path) {
    for (const Route& route : kRouteTable) {
        if (route.path == path) {
            return route.answer(pages);
        }
    }
    Page page{.status = 404, .body = "no such page; there are:\n"};
    for (const Route& route : kRouteTable) {
        page.body.append(route.path).append("  ").append(route.help).append("\n");
    }
    return page;
}

}  // namespace efface::node
