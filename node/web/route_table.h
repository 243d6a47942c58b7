// The routes of the node's HTTP pages: one row each, path -> what answers it.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace efface::node {

struct Page {
    unsigned status = 200;
    std::string_view content_type = "text/plain; charset=utf-8";
    std::string body;
};

/// What the pages are made from; the runtime implements it. Functions are called on HTTP threads.
class Pages {
public:
    virtual ~Pages() = default;
    /// Empty when the node takes new associations, else why not, in words for the administrator.
    virtual std::string not_ready_because() const = 0;
    virtual std::string metrics_text() const = 0;
};

struct Route {
    std::string_view path;
    std::string_view help;
    Page (*answer)(const Pages&);
};

std::span<const Route> route_table();

/// The page of a path; 404 with the list of routes where there is none.
Page answer(const Pages& pages, std::string_view path);

}  // namespace efface::node
