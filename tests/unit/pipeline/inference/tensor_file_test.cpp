// Goal: a model file is read to its exact values or not at all, whatever its counts claim. Method: a good
// file built by hand, then every cut of it and every lie in it.
#include "pipeline/inference/tensor_file.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

namespace efface::testing {
namespace {

using pipeline::parse_tensor_file;
using Bytes = std::vector<std::byte>;

class Builder {
public:
    Builder& text(std::string_view text) {
        for (const char c : text) {
            bytes_.push_back(static_cast<std::byte>(c));
        }
        return *this;
    }

    template <class Number>
    Builder& number(Number value) {
        for (std::size_t i = 0; i < sizeof value; ++i) {
            bytes_.push_back(static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8 * i)));
        }
        return *this;
    }

    Builder& value(float value) { return number(std::bit_cast<std::uint32_t>(value)); }

    Builder& head(std::uint32_t count) { return text("EFFTENS1").number(count); }

    Builder& name(std::string_view name) {
        return number(static_cast<std::uint16_t>(name.size())).text(name);
    }

    Builder& shape(const std::vector<std::uint32_t>& extents) {
        number(static_cast<std::uint8_t>(extents.size()));
        for (const std::uint32_t extent : extents) {
            number(extent);
        }
        return *this;
    }

    const Bytes& bytes() const { return bytes_; }

private:
    Bytes bytes_;
};

Builder good() {
    Builder file;
    file.head(2).name("a").shape({2, 1}).value(1.5F).value(-2);
    file.name("b.weight").shape({}).value(7);
    return file;
}

void expect_refused(const Bytes& bytes) {
    const auto parsed = parse_tensor_file(bytes);
    ASSERT_FALSE(parsed.has_value());
    EXPECT_EQ(parsed.error().fault, Fault::kHalt);
}

TEST(TensorFile, HoldsNamesShapesAndValues) {
    const auto parsed = parse_tensor_file(good().bytes());

    ASSERT_TRUE(parsed.has_value()) << parsed.error().message();
    ASSERT_EQ(parsed->size(), 2U);
    EXPECT_EQ(parsed->at("a").shape, (std::vector<std::uint32_t>{2, 1}));
    EXPECT_EQ(parsed->at("a").values, (std::vector<float>{1.5F, -2}));
    EXPECT_TRUE(parsed->at("b.weight").shape.empty());
    EXPECT_EQ(parsed->at("b.weight").values, std::vector<float>{7});
}

TEST(TensorFile, IsRefusedWhereverItIsCutOrGoesOn) {
    const Bytes whole = good().bytes();
    for (std::size_t left = 0; left < whole.size(); ++left) {
        SCOPED_TRACE(left);
        expect_refused({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(left)});
    }
    expect_refused(good().number(std::uint8_t{0}).bytes());
}

TEST(TensorFile, IsRefusedWithAnotherMagic) {
    Bytes bytes = good().bytes();
    bytes[7] = std::byte{'2'};
    expect_refused(bytes);
}

// Each would ask for more memory than there is if it were believed, or wrap a product around.
TEST(TensorFile, IsRefusedWithCountsBeyondItself) {
    expect_refused(Builder{}.head(pipeline::kTensorCountMax + 1).bytes());
    expect_refused(Builder{}.head(0xFFFFFFFF).bytes());
    expect_refused(Builder{}.head(1).name("a").shape({0xFFFFFFFF}).value(1).bytes());
    expect_refused(Builder{}.head(1).name("a").shape({0x10000, 0x10000, 0x10000, 0x10000}).value(1).bytes());
    expect_refused(Builder{}.head(1).name("a").shape({0x80000000, 2}).value(1).bytes());
    expect_refused(Builder{}.head(1).name("a").shape({2}).value(1).bytes());
    expect_refused(Builder{}.head(1).name("a").shape(std::vector<std::uint32_t>(9, 1)).value(1).bytes());
    expect_refused(Builder{}.head(1).number(std::uint16_t{0xFFFF}).text("a").bytes());
}

TEST(TensorFile, IsRefusedWithAnEmptyExtentNameOrTwins) {
    expect_refused(Builder{}.head(1).name("a").shape({0, 5}).bytes());
    expect_refused(Builder{}.head(1).name("").shape({1}).value(1).bytes());
    expect_refused(Builder{}.head(2).name("a").shape({1}).value(1).name("a").shape({1}).value(1).bytes());
}

TEST(TensorFile, IsRefusedWithValuesThatAreNoNumbers) {
    for (const float value : {std::numeric_limits<float>::infinity(), std::nanf("")}) {
        expect_refused(Builder{}.head(1).name("a").shape({1}).value(value).bytes());
    }
}

TEST(ModelFile, IsReadOnlyIfItIsTheExpectedOne) {
    const std::string path = ::testing::TempDir() + "efface_model_file_test";
    std::ofstream{path, std::ios::binary} << "model";

    const auto read = pipeline::read_model(path, sha256("model"));
    const auto other = pipeline::read_model(path, sha256("another"));
    std::filesystem::remove(path);
    const auto gone = pipeline::read_model(path, sha256("model"));

    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->size(), 5U);
    ASSERT_FALSE(other.has_value());
    EXPECT_EQ(other.error().fault, Fault::kHalt);
    ASSERT_FALSE(gone.has_value());
    EXPECT_EQ(gone.error().fault, Fault::kHalt);
}

}  // namespace
}  // namespace efface::testing
