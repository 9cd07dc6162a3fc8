#include "base/decimals.h"

#include <gtest/gtest.h>

namespace quantrail {
namespace {

TEST(Decimals, AreFourOrWhatIsNotNothing) {
  EXPECT_EQ(decimals(0.12345), "0.1235");
  EXPECT_EQ(decimals(-0.00001234), "-1.234e-05");
  EXPECT_EQ(decimals(0.0), "0.0000");
  EXPECT_EQ(decimals(-0.0), "0.0000");
  EXPECT_EQ(decimals(std::nullopt), "-");
  EXPECT_EQ(decimals(std::nan("")), "-");
}

TEST(Decimals, TellApartWhatIsSmallAndWhatIsLarge) {
  EXPECT_NE(decimals(2.121e-6), decimals(2.122e-6));
  EXPECT_EQ(decimals(-0.00005), "-0.0001");
  EXPECT_EQ(decimals(-0.000049), "-4.9e-05");
  EXPECT_EQ(decimals(999999.0), "999999.0000");
  EXPECT_EQ(decimals(1234567890.0), "1.23457e+09");
  EXPECT_EQ(decimals(1e30), "1e+30");
}

TEST(Decimals, GiveDigitsWhereThereIsNoRoom) {
  EXPECT_EQ(decimals_in(6, 0.9375), "0.9375");
  EXPECT_EQ(decimals_in(9, 123456.789), "123456.79");
  EXPECT_EQ(decimals_in(9, -1.23456e+30), "-1.23e+30");
  EXPECT_EQ(decimals_in(9, -2.1234e-6), "-2.12e-06");
  EXPECT_EQ(decimals_in(3, std::nullopt), "-");
}

}  // namespace
}  // namespace quantrail
