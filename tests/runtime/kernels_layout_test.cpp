#include "runtime/kernels_layout.h"

#include <gmock/gmock.h>

#include "runtime/kernels_random.h"

namespace quantrail::kernels {
namespace {

template <class T>
std::vector<T> numbered(std::size_t count) {
  std::vector<T> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<T>(i % 251);
  return values;
}

template <class T>
void expect_there_and_back(Channels shape) {
  const auto src = numbered<T>(static_cast<std::size_t>(shape.size()));
  std::vector<T> last(src.size());
  to_channels_last(std::span<const T>(src), shape, std::span<T>(last));
  for_each_index({shape.batch, shape.spatial, shape.channels}, [&](const Sizes& at) {
    ASSERT_EQ(last[offset({shape.batch, shape.spatial, shape.channels}, at)],
              src[offset({shape.batch, shape.channels, shape.spatial}, {at[0], at[2], at[1]})]);
  });
  std::vector<T> back(src.size());
  to_channels_first(std::span<const T>(last), shape, std::span<T>(back));
  EXPECT_EQ(back, src);
}

TEST(ChannelsLast, MovesEveryElementAndBack) {
  for (const std::int64_t channels : {1, 2, 3, 15, 16, 17, 40}) {
    for (const std::int64_t spatial : {0, 1, 7, 16, 49, 130}) {
      expect_there_and_back<float>({2, channels, spatial});
      expect_there_and_back<std::uint8_t>({2, channels, spatial});
    }
  }
}

template <class T>
void expect_transposed(const Sizes& shape, const Sizes& perm) {
  const auto src = numbered<T>(product(shape));
  Sizes result;
  for (const auto axis : perm) result.push_back(shape[static_cast<std::size_t>(axis)]);
  std::vector<T> dst(src.size());
  transpose(std::span<const T>(src), shape, perm, std::span<T>(dst));
  for_each_index(result, [&](const Sizes& at) {
    Sizes from(shape.size());
    for (std::size_t i = 0; i < perm.size(); ++i) from[static_cast<std::size_t>(perm[i])] = at[i];
    ASSERT_EQ(dst[offset(result, at)], src[offset(shape, from)]) << testing::PrintToString(perm);
  });
}

TEST(Transpose, EveryPermutationOfFourAxes) {
  Sizes perm{0, 1, 2, 3};
  do {
    expect_transposed<float>({2, 17, 3, 20}, perm);
    expect_transposed<std::uint8_t>({2, 17, 3, 20}, perm);
  } while (std::next_permutation(perm.begin(), perm.end()));
}

TEST(Transpose, AxesOfSizeOneScalarsAndEmptyTensors) {
  expect_transposed<float>({}, {});
  expect_transposed<float>({1}, {0});
  expect_transposed<float>({1, 1, 1}, {2, 0, 1});
  expect_transposed<float>({1, 5, 1, 4}, {3, 2, 1, 0});
  expect_transposed<float>({3, 0, 4}, {2, 1, 0});
}

TEST(Transpose, RandomShapesUpToTheGreatestRank) {
  Random random(5);
  for (int round = 0; round < 40; ++round) {
    const auto rank = static_cast<std::size_t>(random.integer(1, kMaxRank));
    Sizes perm(rank);
    std::iota(perm.begin(), perm.end(), 0);
    for (std::size_t i = rank; i > 1; --i)
      std::swap(perm[i - 1], perm[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(i) - 1))]);
    expect_transposed<std::uint8_t>(random.sizes(rank, 4), perm);
  }
}

}  // namespace
}  // namespace quantrail::kernels
