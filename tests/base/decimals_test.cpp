#include "base/decimals.h"

#include <gtest/gtest.h>

namespace quantrail {
namespace {

TEST(Decimals, AreFourOrWhatIsNotNothing) {
  EXPECT_EQ(decimals(0.12345), "0.1235");
  EXPECT_EQ(decimals(-0.00001234), "-1.2e-05");
  EXPECT_EQ(decimals(0.0), "0.0000");
  EXPECT_EQ(decimals(-0.0), "0.0000");
  EXPECT_EQ(decimals(std::nullopt), "-");
  EXPECT_EQ(decimals(std::nan("")), "-");
}

}  // namespace
}  // namespace quantrail
