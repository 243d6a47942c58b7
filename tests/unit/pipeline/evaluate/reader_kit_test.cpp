// Goal: a kit blinds, and its sheets are scored as what they are. Method: a synthetic reader of known
// accuracy goes the whole way from the kit to the score.
#include "pipeline/evaluate/reader_kit.h"

#include "config/json.h"
#include "pipeline/evaluate/reader_scores.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace efface::pipeline {
namespace {

std::vector<ReaderCase> cases_of(std::size_t count) {
    std::vector<ReaderCase> cases;
    for (std::size_t i = 0; i < count; ++i) {
        cases.push_back({"case-" + std::to_string(i), i % 2 == 0 ? "ct" : "mr", i % 4 < 2 ? "box" : "ellipse"}
        );
    }
    return cases;
}

/// A sheet on which the reader is right in all pairs but every `wrong_every`th of the key's order.
std::string answered(const std::vector<ReaderPair>& key, std::size_t wrong_every, const std::string& grades) {
    std::string text = "pair,choice,structure,texture,grey\r\n";
    for (std::size_t i = 0; i < key.size(); ++i) {
        const char filled = key[i].truth == 'a' ? 'b' : 'a';
        text += key[i].pair + "," + (i % wrong_every == 0 ? key[i].truth : filled) + "," + grades + "\r\n";
    }
    return text;
}

TEST(ReaderKit, ShufflesPlacesAndSidesByTheSeedAlone) {
    const auto cases = cases_of(400);

    const auto pairs = shuffled_pairs(cases, 7);

    EXPECT_EQ(pairs, shuffled_pairs(cases, 7));
    EXPECT_NE(pairs, shuffled_pairs(cases, 8));
    std::set<std::string> names;
    std::size_t left = 0;
    std::size_t in_place = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        names.insert(pairs[i].pair);
        left += pairs[i].truth == 'a' ? 1 : 0;
        in_place += std::stoul(pairs[i].pair) == i + 1 ? 1 : 0;
        EXPECT_EQ(pairs[i].name, cases[i].name);
        EXPECT_EQ(pairs[i].truth, truth_side(7, cases[i].name));
    }
    EXPECT_EQ(names.size(), 400U);
    EXPECT_EQ(*names.begin(), "0001");
    EXPECT_EQ(*names.rbegin(), "0400");
    EXPECT_NEAR(static_cast<double>(left), 200, 60);
    EXPECT_LT(in_place, 20U);
}

TEST(ReaderKit, SheetAndInstructionsSayNothingOfTheKey) {
    const std::string sheet = reader_sheet(3);

    EXPECT_EQ(sheet, "pair,choice,structure,texture,grey\n0001,,,,\n0002,,,,\n0003,,,,\n");
    EXPECT_EQ(reader_instructions(3).find("case-"), std::string::npos);
}

TEST(ReaderKit, OfManyPairsEveryNameHasAsManyDigits) {
    const auto pairs = shuffled_pairs(cases_of(10'001), 1);

    EXPECT_TRUE(std::ranges::all_of(pairs, [](const ReaderPair& one) { return one.pair.size() == 5; }));
    EXPECT_TRUE(reader_sheet(10'001).ends_with("10000,,,,\n10001,,,,\n"));
}

TEST(ReaderKit, TheKeyComesBackAsItWas) {
    auto pairs = shuffled_pairs(cases_of(20), 3);
    const auto json = parse_json(dump_json(reader_key_json(pairs, 3)));
    ASSERT_TRUE(json);

    const auto read = reader_pairs_from_json(*json);

    ASSERT_TRUE(read);
    std::ranges::sort(pairs, {}, &ReaderPair::pair);
    EXPECT_EQ(*read, pairs);
}

TEST(ReaderKit, WhatIsNoKeyIsRefused) {
    const Json good = reader_key_json(shuffled_pairs(cases_of(3), 3), 3);
    std::vector<Json> wrong{Json(nullptr), Json::object(), good, good, good, good, good};
    wrong[2]["key"] = "efface-reader-key/2";
    wrong[3]["pairs"] = Json::array();
    wrong[4]["pairs"][1]["truth"] = "c";
    wrong[5]["pairs"][1]["pair"] = wrong[5]["pairs"][0]["pair"];
    wrong[6]["pairs"][2].erase("kind");
    for (const Json& one : wrong) {
        EXPECT_FALSE(reader_pairs_from_json(one)) << dump_json(one);
    }
    ASSERT_TRUE(reader_pairs_from_json(good));
}

TEST(ReaderScores, AReaderOfKnownAccuracyIsScoredSo) {
    const auto key = shuffled_pairs(cases_of(80), 1);
    const auto sheet = read_sheet(answered(key, 4, "4,3,5"), key);
    ASSERT_TRUE(sheet) << sheet.error().message();

    const ReaderScore score = score_sheet(*sheet, key);

    EXPECT_EQ(score.all.answered, 80U);
    EXPECT_EQ(score.all.right, 60U);
    EXPECT_NEAR(score.all.interval.low, 0.6453, 1e-3);  // Wilson of 60 in 80.
    EXPECT_NEAR(score.all.interval.high, 0.8321, 1e-3);
    EXPECT_EQ(score.by_kind.at("ct").answered, 40U);
    EXPECT_EQ(score.by_kind.at("ct").right, 20U);  // Every fourth case is a CT: all that is wrong is there.
    EXPECT_EQ(score.by_kind.at("mr").right, 40U);
    EXPECT_EQ(score.by_occlusion.at("ellipse").right, 40U);
    EXPECT_EQ(score.all.of_fills[0].count, 60U);
    EXPECT_EQ(score.all.of_truths[0].count, 20U);
    EXPECT_DOUBLE_EQ(score.all.of_fills[0].mean, 4);
    EXPECT_DOUBLE_EQ(score.all.of_fills[1].mean, 3);
    EXPECT_DOUBLE_EQ(score.all.of_truths[2].mean, 5);
}

TEST(ReaderScores, WhatIsNotAnsweredDoesNotCount) {
    const auto key = shuffled_pairs(cases_of(10), 1);
    const auto sheet = read_sheet(reader_sheet(10), key);
    ASSERT_TRUE(sheet);

    const ReaderScore score = score_sheet(*sheet, key);

    EXPECT_EQ(score.all.answered, 0U);
    EXPECT_EQ(score.all.interval.low, 0);
    EXPECT_TRUE(score.by_kind.empty());
}

TEST(ReaderScores, WhatIsWrongInASheetIsNamedByItsLine) {
    const auto key = shuffled_pairs(cases_of(10), 1);
    const std::string head = "pair,choice,structure,texture,grey\n0001,a,1,2,3\n";
    for (const std::string row :
         {"0002,c,1,2,3", "0002,a,0,2,3", "0002,a,6,2,3", "0002,a,1.5,2,3", "0002,a,1,2", "0002,a,1,2,3,4",
          "0011,a,1,2,3", "0001,b,1,2,3", "2,a,1,2,3", "0002,ab,1,2,3"}) {
        const auto sheet = read_sheet(head + row + "\n", key);
        ASSERT_FALSE(sheet) << row;
        EXPECT_EQ(sheet.error().where.value, 3) << row;
    }
    EXPECT_FALSE(read_sheet("", key));
    EXPECT_FALSE(read_sheet("0001,a,1,2,3\n", key));
    EXPECT_TRUE(read_sheet(head + "\"0002\", B ,1,2,\n\n", key));
}

TEST(ReaderScores, WeightedKappaIsThatOfTheFormula) {
    // Of the 3 x 3 table (8 1 0 / 2 5 1 / 0 1 2), 20 pairs: sum of the squared distances 5; of what chance
    // gives, rows (9 8 3) and columns (10 7 3): (9*7 + 8*10 + 8*3 + 3*7 + 4*(9*3 + 3*10)) / 20 = 20.8.
    std::vector<int> first;
    std::vector<int> second;
    const int table[3][3] = {{8, 1, 0}, {2, 5, 1}, {0, 1, 2}};
    for (int i = 0; i < 3; ++i) {
        for (int j = 0; j < 3; ++j) {
            first.insert(first.end(), static_cast<std::size_t>(table[i][j]), i + 1);
            second.insert(second.end(), static_cast<std::size_t>(table[i][j]), j + 1);
        }
    }

    EXPECT_NEAR(weighted_kappa(first, second), 1 - 5 / 20.8, 1e-9);
    EXPECT_DOUBLE_EQ(weighted_kappa(first, first), 1);
    EXPECT_TRUE(std::isnan(weighted_kappa(std::vector<int>(5, 3), std::vector<int>(5, 3))));
    EXPECT_DOUBLE_EQ(weighted_kappa(std::vector{1, 5}, std::vector{5, 1}), -1);
}

TEST(ReaderScores, ReadersAreComparedWhereTheyGradedTheSamePicture) {
    const auto key = shuffled_pairs(cases_of(40), 1);
    const auto first = read_sheet(answered(key, 4, "4,3,"), key);
    const auto second = read_sheet(answered(key, 2, "4,5,1"), key);
    ASSERT_TRUE(first && second);

    const auto agreement = agreement_of(*first, *second);

    EXPECT_EQ(agreement[0].count, 30U);  // Ten choose differently.
    EXPECT_EQ(agreement[2].count, 0U);   // The first gave no grade.
    EXPECT_TRUE(std::isnan(agreement[0].kappa));
    EXPECT_DOUBLE_EQ(agreement[1].kappa, 0);  // Always two apart: no better than chance.
}

}  // namespace
}  // namespace efface::pipeline
