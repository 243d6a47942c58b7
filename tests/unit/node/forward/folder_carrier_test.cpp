// Goal: a folder gets exactly the instance that its delivery names, or nothing. Method: a real spool and
// folder, and a queue instead of the forwarding thread.
#include "node/forward/folder_carrier.h"

#include "node/forward/companion.h"
#include "tests/unit/node/forward/spooled_delivery.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>

namespace efface::node {
namespace {

using db::testing::must;

class FolderCarrierTest : public ::testing::Test {
protected:
    FolderCarrierTest() {
        const auto at_once = [](const std::function<void()>& work) { work(); };
        carrier_.emplace(
            FolderParts{
                .environment = environment_, .spool = spool_, .run_blocking = at_once, .post = at_once},
            directory_.file("archive")
        );
        delivery_ = spooled_delivery(spool_);
    }

    Carried send() { return send(delivery_); }

    Carried send(const db::Delivery& delivery) {
        Carried outcome;
        carrier_->send(delivery, [&](const Carried& carried) { outcome = carried; });
        return outcome;
    }

    bool anything_there() const { return std::filesystem::exists(directory_.file("archive")); }

    Environment& environment_ = system_environment();
    db::testing::TemporaryDirectory directory_;
    pipeline::Spool spool_ = must(pipeline::Spool::open(environment_, directory_.file("spool")));
    std::optional<FolderCarrier> carrier_;
    db::Delivery delivery_;
};

TEST_F(FolderCarrierTest, PlacesWhatTheGateJudged) {
    const Carried carried = send();

    EXPECT_EQ(carried.result, Carried::Result::kDelivered) << carried.reason;
    EXPECT_TRUE(anything_there());
}

TEST_F(FolderCarrierTest, PlacesTheCompanionBesideItsInstanceUnderItsOwnName) {
    EXPECT_EQ(send().result, Carried::Result::kDelivered);

    const Carried carried = send(companion_of(delivery_));

    EXPECT_EQ(carried.result, Carried::Result::kDelivered) << carried.reason;
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{directory_.file("archive")}) {
        if (entry.is_regular_file()) {
            names.push_back(entry.path().filename());
        }
    }
    std::sort(names.begin(), names.end());
    EXPECT_EQ(
        names, (std::vector<std::string>{
                   std::string{efface::testing::kInstanceUid} + ".dcm", std::string{kCompanionUid} + ".dcm"})
    );
}

TEST_F(FolderCarrierTest, ACompanionThatIsNotWhatTheGateJudgedIsMadeAgain) {
    delivery_.companion.digest = sha256("other bytes");

    EXPECT_EQ(send(companion_of(delivery_)).result, Carried::Result::kOutputGone);
    EXPECT_FALSE(anything_there());
}

TEST_F(FolderCarrierTest, AnotherInstanceThanTheDeliveryNamesIsNeverSent) {
    delivery_.new_instance_uid = "2.25.1";

    const Carried carried = send();

    EXPECT_EQ(carried.result, Carried::Result::kPermanent);
    EXPECT_EQ(carried.reason, "the cleaned file names another SOP Instance UID than its job");
    EXPECT_EQ(carried.sent, db::Sent::kNothing);
    EXPECT_FALSE(anything_there());
}

TEST_F(FolderCarrierTest, BytesThatTheGateDidNotJudgeAreMadeAgain) {
    delivery_.output_digest = sha256("other bytes");

    EXPECT_EQ(send().result, Carried::Result::kOutputGone);
    EXPECT_FALSE(anything_there());
}

TEST_F(FolderCarrierTest, AnOutputThatWasTouchedSinceItWasJudgedIsHashed) {
    spool_.note_judged(delivery_.output_file);
    const std::string path = spool_.output_path(delivery_.output_file);
    std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(-1, std::ios::end);
    file.put('!');
    file.close();
    // A later time than the stamp's, without waiting for the file system's clock to move.
    const timespec later[2] = {
        {.tv_sec = 2'000'000'000, .tv_nsec = 0}, {.tv_sec = 2'000'000'000, .tv_nsec = 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), later, 0), 0);

    EXPECT_EQ(send().result, Carried::Result::kOutputGone);
    EXPECT_FALSE(anything_there());
}

TEST_F(FolderCarrierTest, AnOutputUntouchedSinceItWasJudgedIsNotHashedAgain) {
    spool_.note_judged(delivery_.output_file);
    delivery_.output_digest = sha256("what a hash would be held against");

    EXPECT_EQ(send().result, Carried::Result::kDelivered);
}

}  // namespace
}  // namespace efface::node
