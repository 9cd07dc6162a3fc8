#include "quantize/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace quantrail {
namespace {

std::vector<float> random_values(std::size_t count, float scale, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.1F * scale, scale);
  std::vector<float> values(count);
  for (float& x : values) x = random() % 4 == 0 ? 0.0F : normal(random);
  return values;
}

Histogram of(const std::vector<float>& values) {
  Histogram made;
  made.add(values);
  return made;
}

TEST(Histogram, CountsEachFiniteValueOnce) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  const auto made = of({1.0F, -2.0F, 0.0F, -0.0F, 3.0F, kInf, -kInf, std::numeric_limits<float>::quiet_NaN()});
  EXPECT_EQ(made.total(), 5);
  EXPECT_EQ(made.zeros(), 2);
}

TEST(Histogram, PutsValuesWhereTheyBelong) {
  const auto values = random_values(5000, 3.0F, 1);
  const auto made = of(values);
  std::vector<std::int64_t> expected(made.counts().size(), 0);
  for (const float x : values) {
    if (x == 0.0F) continue;
    const auto bin = static_cast<std::size_t>(std::floor((static_cast<double>(x) - made.low(0)) / made.width()));
    ASSERT_LT(bin, expected.size());
    ++expected[bin];
  }
  EXPECT_EQ(made.counts(), expected);
}

TEST(Histogram, DoesNotDependOnOrderAndSplitting) {
  auto values = random_values(3000, 1.0F, 2);
  values.push_back(1000.0F);
  values.push_back(-0.99999994F);
  const auto whole = of(values);
  auto reversed = values;
  std::reverse(reversed.begin(), reversed.end());
  EXPECT_EQ(of(reversed), whole);
  for (const std::size_t parts : {2U, 7U, 100U}) {
    std::vector<Histogram> split(parts);
    for (std::size_t i = 0; i < values.size(); ++i) split[i % parts].add({&values[i], 1});
    Histogram forward;
    for (const auto& part : split) forward.merge(part);
    EXPECT_EQ(forward, whole) << parts;
    Histogram backward;
    for (std::size_t i = parts; i-- > 0;) backward.merge(split[i]);
    EXPECT_EQ(backward, whole) << parts;
  }
}

TEST(Histogram, DoesNotDependOnOrderWhereValuesHardlyDiffer) {
  const std::vector<float> values{-0.99999994F, -0.99999988F, -1.0F, -0.99999994F};
  Histogram one_by_one;
  for (const float x : values) one_by_one.merge(of({x}));
  EXPECT_EQ(one_by_one, of(values));
}

TEST(Histogram, TakesTheWholeRangeOfFloats) {
  const float most = std::nextafter(kBeyondNumbers, 0.0F);
  auto made = of({most, -most});
  made.add(std::vector<float>{std::numeric_limits<float>::denorm_min(), 1.0F});
  EXPECT_EQ(made.total(), 4);
  EXPECT_LE(static_cast<std::int64_t>(made.counts().size()), Histogram::kMostBins);
  EXPECT_EQ(of({std::numeric_limits<float>::denorm_min()}).total(), 1);
}

TEST(Histogram, KeepsToItsMemory) {
  Histogram made;
  for (int i = 0; i < 60; ++i) made.add(std::vector<float>{std::ldexp(1.0F, i), -std::ldexp(1.5F, i)});
  EXPECT_LE(static_cast<std::int64_t>(made.counts().size()), Histogram::kMostBins);
  EXPECT_EQ(made.total(), 120);
}

TEST(Histogram, HasQuantilesToOneBin) {
  auto values = random_values(20001, 2.0F, 3);
  const auto made = of(values);
  std::sort(values.begin(), values.end());
  const double span = static_cast<double>(values.back()) - values.front();
  EXPECT_LE(made.width(), span / 2047.0);
  for (const double q : {0.0001, 0.01, 0.3, 0.5, 0.9, 0.9999}) {
    EXPECT_NEAR(made.quantile(q), values[static_cast<std::size_t>(q * 20000)], 2 * made.width() + 1e-3) << q;
  }
  std::vector<float> magnitudes;
  for (const float x : values) magnitudes.push_back(std::abs(x));
  std::sort(magnitudes.begin(), magnitudes.end());
  EXPECT_NEAR(made.abs_quantile(0.99), magnitudes[19800], 2 * made.width() + 1e-2);
}

TEST(Histogram, HasQuantilesOfZeros) {
  EXPECT_EQ(of({0.0F, 0.0F, 0.0F, 1.0F}).quantile(0.5), 0.0);
  EXPECT_EQ(of({0.0F, 0.0F}).quantile(0.9), 0.0);
  EXPECT_EQ(Histogram{}.quantile(0.5), 0.0);
}

TEST(Histogram, IsRestoredFromItsParts) {
  const auto made = of(random_values(100, 1.0F, 4));
  EXPECT_EQ(Histogram::restored(made.frame(), made.counts()), made);
}

/// A mask: zeros, and what no finite number of fine bins between zero and it could hold.
TEST(Histogram, KnowsMagnitudesOfValuesFarFromZero) {
  Histogram made;
  std::vector<float> values(1000, -1e9F);
  values.resize(1200, 0.0F);
  made.add(values);
  EXPECT_NEAR(made.abs_quantile(0.99), 1e9, 1e9 / 1024);
  EXPECT_EQ(made.abs_quantile(0.1), 0.0);
  Histogram near;
  near.add(std::vector<float>{1e20F, std::nextafter(1e20F, 2e20F)});
  EXPECT_NEAR(near.abs_quantile(0.5), 1e20, 1e20 / 1024);
}

}  // namespace
}  // namespace quantrail
