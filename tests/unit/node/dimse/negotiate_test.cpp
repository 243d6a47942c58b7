#include "node/dimse/negotiate.h"

#include "rules/vocabulary/sop_class.h"
#include "rules/vocabulary/transfer_syntax.h"
#include "tests/unit/node/dimse/dimse_fixtures.h"

#include <gtest/gtest.h>

namespace efface::node {
namespace {

TEST(Negotiate, ChoosesByOurPreferenceAndNamesWhatItRefuses) {
    AssociateRequest request = usual_request();
    request.contexts.push_back({9, std::string{kMr}, {"1.2.840.10008.1.2.4.95"}});

    const Negotiated negotiated = negotiate(request, usual_offer(), Limits{});

    const auto& answers = negotiated.answer.contexts;
    ASSERT_EQ(answers.size(), 5U);
    EXPECT_EQ(answers[0].result, ContextResult::kAccepted);
    EXPECT_EQ(answers[1].result, ContextResult::kAccepted);
    EXPECT_EQ(answers[1].transfer_syntax, kExplicit) << "ours, although named second";
    EXPECT_EQ(answers[2].result, ContextResult::kAccepted);
    EXPECT_EQ(answers[3].result, ContextResult::kAbstractSyntaxNotSupported);
    EXPECT_EQ(answers[4].result, ContextResult::kTransferSyntaxesNotSupported);
    EXPECT_EQ(negotiated.refused_count, 2U);
    EXPECT_EQ(negotiated.contexts.find(3)->transfer_syntax, kExplicit);
    EXPECT_EQ(negotiated.contexts.find(7), nullptr);
    EXPECT_EQ(negotiated.contexts.find(9), nullptr);
}

TEST(Negotiate, StaysScpOnly) {
    AssociateRequest request = usual_request();
    request.user.roles = {
        {std::string{kCt}, true, true}, {std::string{kMr}, false, true}, {"1.2.3.4", true, false}};

    const Negotiated negotiated = negotiate(request, usual_offer(), Limits{});

    ASSERT_EQ(negotiated.answer.user.roles.size(), 2U) << "a class that we do not take is not answered";
    EXPECT_TRUE(negotiated.answer.user.roles[0].scu);
    EXPECT_FALSE(negotiated.answer.user.roles[0].scp);
    EXPECT_FALSE(negotiated.answer.user.roles[1].scu);
    EXPECT_EQ(negotiated.answer.contexts[1].result, ContextResult::kAccepted);
    EXPECT_EQ(negotiated.answer.contexts[2].result, ContextResult::kUserRejection);
}

TEST(Negotiate, AnswersOneOperationAtATimeOnlyWhereAsked) {
    AssociateRequest request = usual_request();
    EXPECT_FALSE(negotiate(request, usual_offer(), Limits{}).answer.user.asynchronous_window);
    request.user.asynchronous_window = AsynchronousWindow{0, 0};

    const auto window = negotiate(request, usual_offer(), Limits{}).answer.user.asynchronous_window;

    ASSERT_TRUE(window);
    EXPECT_EQ(window->invoked, 1);
    EXPECT_EQ(window->performed, 1);
}

TEST(DefaultOffer, TakesEveryStorageClassInEveryStorableSyntax) {
    const Offer offer = default_offer({});
    EXPECT_TRUE(offer.takes(kVerification));
    EXPECT_FALSE(offer.takes("1.2.840.10008.5.1.4.1.2.1.1"));
    for (const rules::SopClass& sop_class : rules::storage_sop_classes()) {
        EXPECT_TRUE(offer.takes(sop_class.uid)) << sop_class.uid;
    }
    for (const rules::TransferSyntax& syntax : rules::transfer_syntaxes()) {
        const std::vector<std::string> proposed{std::string{syntax.uid}};
        EXPECT_EQ(offer.choose(kCt, proposed).has_value(), syntax.storable) << syntax.uid;
    }
}

TEST(DefaultOffer, ChoosesWhatTheSenderNamesFirst) {
    const std::string jpeg = "1.2.840.10008.1.2.4.50";
    const std::string deflated = "1.2.840.10008.1.2.1.99";
    const std::string implicit{kImplicit};
    const std::string explicit_little{kExplicit};
    const std::string explicit_big = "1.2.840.10008.1.2.2";
    const Offer offer = default_offer({});

    EXPECT_EQ(offer.choose(kCt, std::vector{jpeg, explicit_little, implicit}), jpeg);
    EXPECT_EQ(offer.choose(kCt, std::vector{deflated, jpeg, explicit_little}), jpeg);
    EXPECT_EQ(offer.choose(kCt, std::vector{implicit, jpeg}), kImplicit);
    EXPECT_EQ(offer.choose(kCt, std::vector{implicit, explicit_little, jpeg}), kExplicit);
    EXPECT_EQ(offer.choose(kCt, std::vector{explicit_big, implicit}), kImplicit);
    EXPECT_EQ(offer.choose(kCt, std::vector{explicit_big}), explicit_big);
    EXPECT_FALSE(offer.choose(kCt, std::vector{deflated}));
}

TEST(DefaultOffer, PrefersWhatTheConfigurationNames) {
    const std::string jpeg = "1.2.840.10008.1.2.4.50";
    const std::string deflated = "1.2.840.10008.1.2.1.99";
    const std::vector<std::string> preferred{deflated, jpeg, std::string{kImplicit}};
    const std::vector<std::string> proposed{std::string{kExplicit}, std::string{kImplicit}, deflated, jpeg};

    EXPECT_EQ(default_offer(preferred).choose(kCt, proposed), jpeg);
}

}  // namespace
}  // namespace efface::node
