#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "base/parallel.h"
#include "tests/data/support.h"

namespace quantrail {
namespace {

/// Sample i is eight bytes of value i; counts how often it is read.
class Counting final : public Dataset {
 public:
  [[nodiscard]] std::size_t size() const override { return 6; }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inputs_; }
  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override {
    ++reads;
    if (index == 5) return fail(Cause::InvalidInput, "sample 5 is damaged");
    for (const auto& buffer : buffers) std::fill(buffer.begin(), buffer.end(), static_cast<std::byte>(index));
    return {};
  }
  [[nodiscard]] Result<Truth> truth(std::size_t index) const override {
    return Truth{.label = static_cast<std::int64_t>(index)};
  }
  [[nodiscard]] std::string describe(std::size_t index) const override { return "sample " + std::to_string(index); }
  [[nodiscard]] Digest fingerprint() const override { return sha256({}); }

  mutable std::atomic<int> reads = 0;

 private:
  std::vector<SampleInput> inputs_{{"a", ElementType::Uint8, {3}}, {"b", ElementType::Uint8, {5}}};
};

void expect_sample(const Dataset& data, std::size_t index) {
  const auto sample = sample_of(data, index);
  ASSERT_TRUE(sample);
  for (const auto& buffer : *sample) EXPECT_THAT(buffer, ::testing::Each(static_cast<std::byte>(index)));
}

TEST(Cached, ReadsEachSampleOnce) {
  const auto inner = std::make_shared<Counting>();
  const auto data = cached(inner, 1000);
  for (int pass = 0; pass < 3; ++pass) {
    for (std::size_t i = 0; i < 5; ++i) expect_sample(*data, i);
  }
  EXPECT_EQ(inner->reads, 5);
}

TEST(Cached, KeepsTheFirstThatFit) {
  const auto inner = std::make_shared<Counting>();
  const auto data = cached(inner, 2 * 8 + 7);
  for (int pass = 0; pass < 3; ++pass) {
    for (std::size_t i = 0; i < 4; ++i) expect_sample(*data, i);
  }
  EXPECT_EQ(inner->reads, 2 + 3 * 2);
}

TEST(Cached, KeepsNothingWithoutMemory) {
  const auto inner = std::make_shared<Counting>();
  const auto data = cached(inner, 0);
  for (int pass = 0; pass < 3; ++pass) expect_sample(*data, 1);
  EXPECT_EQ(inner->reads, 3);
}

TEST(Cached, KeepsNoFailures) {
  const auto data = cached(std::make_shared<Counting>(), 1000);
  for (int pass = 0; pass < 2; ++pass) EXPECT_EQ(sample_of(*data, 5).error().message, "sample 5 is damaged");
}

TEST(Cached, IsOtherwiseTheSame) {
  const auto inner = std::make_shared<Counting>();
  const auto data = cached(inner, 1000);
  EXPECT_EQ(data->size(), 6U);
  EXPECT_EQ(data->truth(4)->label, 4);
  EXPECT_EQ(data->describe(4), "sample 4");
  EXPECT_EQ(data->fingerprint(), inner->fingerprint());
  EXPECT_EQ(data->inputs().size(), 2U);
}

TEST(Cached, ServesManyThreads) {
  const auto data = cached(std::make_shared<Counting>(), 3 * 8);
  parallel_for(2000, 8, {}, [&](std::size_t i, std::size_t) { expect_sample(*data, i % 5); });
}

}  // namespace
}  // namespace quantrail
