#include "node/metrics/metrics.h"

#include <gtest/gtest.h>

namespace efface::node {
namespace {

TEST(Metrics, PageHoldsEveryCounterWithItsHelpAndType) {
    Metrics metrics;
    metrics.add(Counter::kInstancesReceived, 3);

    const std::string page = render_metrics(metrics, {});

    EXPECT_NE(page.find("# TYPE efface_instances_received_total counter\n"), std::string::npos);
    EXPECT_NE(page.find("\nefface_instances_received_total 3\n"), std::string::npos);
    EXPECT_NE(page.find("\nefface_instances_purged_total 0\n"), std::string::npos);
}

TEST(Metrics, GaugesOfOneNameShareOneHeader) {
    const Metrics metrics;

    const std::string page = render_metrics(
        metrics, {{"efface_jobs", "Jobs by state.", metric_label("state", "received"), 2},
                  {"efface_jobs", "Jobs by state.", metric_label("state", "cleared"), 5}}
    );

    EXPECT_NE(
        page.find("efface_jobs{state=\"received\"} 2\nefface_jobs{state=\"cleared\"} 5\n"), std::string::npos
    );
    EXPECT_EQ(page.find("# HELP efface_jobs"), page.rfind("# HELP efface_jobs"));
}

TEST(Metrics, LabelValuesAreEscaped) {
    EXPECT_EQ(metric_label("destination", "a\"b\\c\n"), "destination=\"a\\\"b\\\\c\\n\"");
}

}  // namespace
}  // namespace efface::node
