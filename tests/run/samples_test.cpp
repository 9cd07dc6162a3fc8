#include "run/samples.h"

#include <gmock/gmock.h>

#include <numeric>

#include <algorithm>
#include <set>

namespace quantrail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CalibrationSamples, AreTheFirstOnes) {
  EXPECT_THAT(calibration_samples({.stat_subset_size = 3}, 10), ElementsAre(0, 1, 2));
}

TEST(CalibrationSamples, AreThreeHundredByDefaultAndNeverMoreThanThereAre) {
  EXPECT_EQ(calibration_samples({}, 1000).size(), 300U);
  EXPECT_EQ(calibration_samples({}, 12).size(), 12U);
  EXPECT_EQ(calibration_samples({.stat_subset_size = 50}, 12).size(), 12U);
  EXPECT_THAT(calibration_samples({}, 0), IsEmpty());
}

TEST(CalibrationSamples, ShuffledAreDrawnWithoutReplacementBySeed) {
  const QuantizationParams params{.stat_subset_size = 40, .shuffle_data = true, .seed = 7};
  const auto drawn = calibration_samples(params, 100);
  EXPECT_EQ(std::set<std::size_t>(drawn.begin(), drawn.end()).size(), 40U);
  EXPECT_TRUE(std::is_sorted(drawn.begin(), drawn.end()));
  EXPECT_GT(drawn.back(), 60U);
  EXPECT_EQ(calibration_samples(params, 100), drawn);
  EXPECT_NE(calibration_samples({.stat_subset_size = 40, .shuffle_data = true, .seed = 8}, 100), drawn);
}

TEST(CorrectionSamples, AreAFifthButEnough) {
  EXPECT_EQ(correction_samples({.stat_subset_size = 1000}, 2000).size(), 200U);
  EXPECT_EQ(correction_samples({}, 2000).size(), 64U) << "a fifth of 300 are 60";
  EXPECT_EQ(correction_samples({}, 12).size(), 12U);
}

// Pinned, since a run on another machine must calibrate on the same samples.
TEST(CalibrationSamples, ShuffledAreTheSameOnEveryMachine) {
  EXPECT_THAT(calibration_samples({.stat_subset_size = 4, .shuffle_data = true, .seed = 0}, 1000),
              ElementsAre(366, 694, 718, 993));
}

TEST(EvenlySpread, TakesEveryPart) {
  std::vector<std::size_t> calibration(300);
  std::iota(calibration.begin(), calibration.end(), std::size_t{1000});
  const auto samples = evenly_spread(calibration, 64);
  ASSERT_EQ(samples.size(), 64U);
  EXPECT_EQ(samples.front(), 1000U);
  EXPECT_EQ(samples[1], 1004U);
  EXPECT_EQ(samples.back(), 1295U);
  calibration.resize(3);
  EXPECT_EQ(evenly_spread(calibration, 64), (std::vector<std::size_t>{1000, 1001, 1002}));
}

}  // namespace
}  // namespace quantrail
