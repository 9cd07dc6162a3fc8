#include "data/relabelled.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "tests/data/support.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;

/// Sample i is the number 10 i, of class i, with an object.
class Tens final : public Dataset {
 public:
  explicit Tens(std::string content = "tens") : content_(std::move(content)) {}
  [[nodiscard]] std::size_t size() const override { return 5; }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inputs_; }
  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override {
    if (index == 4) return fail(Cause::InvalidInput, "sample 4 is gone");
    const auto value = static_cast<float>(10 * index);
    std::memcpy(buffers[0].data(), &value, sizeof value);
    return {};
  }
  [[nodiscard]] Result<Truth> truth(std::size_t index) const override {
    return Truth{.label = static_cast<std::int64_t>(index),
                 .objects = std::make_shared<std::vector<MarkedObject>>(1),
                 .placement = {.width = 7}};
  }
  [[nodiscard]] std::string describe(std::size_t index) const override { return "ten " + std::to_string(index); }
  [[nodiscard]] Digest fingerprint() const override { return Hasher().add(content_).finish(); }

 private:
  std::string content_;
  std::vector<SampleInput> inputs_{{"x", ElementType::Float32, {1}}};
};

std::shared_ptr<const Dataset> tens(std::vector<std::size_t> samples, std::vector<std::int64_t> labels,
                                    const std::string& content = "tens") {
  return relabelled(std::make_shared<Tens>(content), std::move(samples), std::move(labels));
}

TEST(Relabelled, HasTheSamplesThatWereKept) {
  const auto data = tens({1, 3}, {8, 9});
  EXPECT_EQ(data->size(), 2U);
  EXPECT_EQ(data->inputs().at(0).name, "x");
  EXPECT_THAT(first_input<float>(*data, 0), ElementsAre(10.0F));
  EXPECT_THAT(first_input<float>(*data, 1), ElementsAre(30.0F));
  EXPECT_EQ(data->describe(1), "ten 3");
}

TEST(Relabelled, KnowsNothingButTheNewLabels) {
  const Truth truth = tens({1, 3}, {8, 9})->truth(1).value();
  EXPECT_EQ(truth.label, 9);
  EXPECT_EQ(truth.objects, nullptr);
  EXPECT_EQ(truth.placement, ImagePlacement{});
}

TEST(Relabelled, PassesErrorsOn) {
  const auto sample = sample_of(*tens({4}, {0}), 0);
  ASSERT_FALSE(sample);
  EXPECT_EQ(sample.error().message, "sample 4 is gone");
}

TEST(Relabelled, IsToldApartByContentSamplesAndLabels) {
  const auto same = tens({1, 3}, {8, 9})->fingerprint();
  EXPECT_EQ(tens({1, 3}, {8, 9})->fingerprint(), same);
  EXPECT_NE(Tens().fingerprint(), same);
  EXPECT_NE(tens({1, 3}, {8, 9}, "other")->fingerprint(), same);
  EXPECT_NE(tens({1, 2}, {8, 9})->fingerprint(), same);
  EXPECT_NE(tens({1, 3}, {8, 8})->fingerprint(), same);
  EXPECT_NE(tens({1}, {8})->fingerprint(), same);
}

TEST(Relabelled, MayBeEmpty) { EXPECT_EQ(tens({}, {})->size(), 0U); }

}  // namespace
}  // namespace quantrail
