#include "tui/plot.h"

#include <gmock/gmock.h>

#include <cmath>
#include <sstream>

#include "tui/canvas.h"
#include "tui/columns.h"

namespace quantrail::tui {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string drawn(Charts charts, int x, int y) {
  Canvas canvas(1, 1, charts);
  canvas.dot(x, y, Style::Normal);
  Frame frame({1, 1});
  canvas.draw(frame, 0, 0);
  return frame.to_text();
}

TEST(Canvas, PutsDotsWhereTheGlyphHasThem) {
  EXPECT_EQ(drawn(Charts::Braille, 0, 0), "⠁\n");
  EXPECT_EQ(drawn(Charts::Braille, 1, 3), "⢀\n");
  EXPECT_EQ(drawn(Charts::Blocks, 1, 1), "▗\n");
  EXPECT_EQ(drawn(Charts::Ascii, 0, 1), ".\n");
}

TEST(Canvas, ClipsAndJoins) {
  Canvas canvas(1, 2, Charts::Blocks);
  canvas.dot(-1, 0, Style::Normal);
  canvas.dot(4, 9, Style::Normal);
  canvas.line(0, 0, 3, 0, Style::Normal);
  Frame frame({1, 2});
  canvas.draw(frame, 0, 0);
  EXPECT_EQ(frame.to_text(), "▀▀\n");
}

TEST(Plot, LeavesOutWhatIsNoNumber) {
  Plot plot;
  plot.series.push_back({.points = {{0, 0.5}, {1, std::nan("")}, {2, INFINITY}}, .mark = U'o'});
  plot.x_high = 2;
  Frame frame({6, 30});
  draw_plot(frame, {0, 0, 6, 30}, plot, {.charset = Charset::Ascii, .charts = Charts::Ascii});
  const std::string text = frame.to_text();
  EXPECT_EQ(std::count(text.begin(), text.end(), 'o'), 1);
}

std::string flat(double y, bool percent, int decimals) {
  Plot plot;
  plot.series.push_back({.points = {{0, y}, {1, y}}, .mark = U'o'});
  plot.percent = percent;
  plot.y_decimals = decimals;
  Frame frame({6, 40});
  draw_plot(frame, {0, 0, 6, 40}, plot, {.charset = Charset::Ascii, .charts = Charts::Ascii});
  return frame.to_text();
}

TEST(Plot, EndsOfAnAxisHaveDifferentLabels) {
  EXPECT_THAT(flat(0.9375, false, 4), AllOf(HasSubstr(" 0.9376|"), HasSubstr(" 0.9374|"), Not(HasSubstr("0.9375"))));
  EXPECT_THAT(flat(0.5, false, 2), AllOf(HasSubstr(" 0.51|"), HasSubstr(" 0.49|")));
  EXPECT_THAT(flat(100, true, 0), AllOf(HasSubstr(" 100|"), HasSubstr(" 99|")));
}

std::string rising(double low, double high, int decimals = 4) {
  Plot plot;
  plot.series.push_back({.points = {{0, low}, {1, high}}, .mark = U'o'});
  plot.y_decimals = decimals;
  Frame frame({7, 40});
  draw_plot(frame, {0, 0, 6, 39}, plot, {.charset = Charset::Ascii, .charts = Charts::Ascii});
  return frame.to_text();
}

TEST(Plot, DigitsFollowWhatValuesSpan) {
  EXPECT_THAT(rising(2.1e-6, 2.13e-6), AllOf(HasSubstr("2.13e-06|"), HasSubstr("2.10e-06|")));
  EXPECT_THAT(rising(1e9, 1.3e9), AllOf(HasSubstr("1.3e+09|"), HasSubstr("9.8e+08|")));
  EXPECT_THAT(rising(1e30, 3e30), HasSubstr("3.2e+30|"));
  EXPECT_THAT(rising(0.5, 0.50003), AllOf(HasSubstr("0.50003|"), HasSubstr("0.50000|")));
  EXPECT_THAT(rising(123400, 123900), AllOf(HasSubstr(" 123920|"), HasSubstr(" 123380|")));
  EXPECT_THAT(flat(2.5e-9, false, 4), AllOf(HasSubstr("2.51e-09|"), HasSubstr("2.49e-09|")));
  EXPECT_THAT(rising(-3e-9, 3e-9), Not(HasSubstr("-0.0000")));
}

TEST(Plot, StaysInItsAreaWhateverItsValues) {
  for (const double high : {1e-300, 2e-6, 1.0, 123456.7891, 1e9, 1e30, 1e300}) {
    for (const double low : {-high, 0.0, high * 0.99999, high}) {
      const std::string text = rising(low, high);
      std::istringstream lines(text);
      for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 39U) << text;
      EXPECT_EQ(std::count(text.begin(), text.end(), 'o'), 2) << text;
    }
  }
}

TEST(Plot, SaysThatItIsTooSmall) {
  Plot plot;
  plot.series.push_back({.points = {{0, 0.5}}});
  Frame frame({2, 30});
  draw_plot(frame, {0, 0, 2, 30}, plot, {});
  EXPECT_EQ(frame.to_text(), "too small\n\n");
  Frame narrow({6, 30});
  draw_plot(narrow, {0, 0, 6, 9}, plot, {});
  EXPECT_THAT(narrow.to_text(), HasSubstr("too small"));
}

TEST(Plot, TheNameOfALevelGivesWayToAPoint) {
  Plot plot;
  plot.series.push_back({.points = {{2, 0.5}}, .joined = false, .mark = U'o'});
  plot.levels.push_back({0.5, "limit", Style::Warning});
  plot.x_high = 20;
  Frame frame({6, 40});
  draw_plot(frame, {0, 0, 6, 40}, plot, {.charset = Charset::Ascii, .charts = Charts::Ascii});
  const std::string text = frame.to_text();
  EXPECT_EQ(std::count(text.begin(), text.end(), 'o'), 1) << text;
  EXPECT_NE(text.find("o limit "), std::string::npos) << text;
}

TEST(Plot, SharesAreFrom0To100) {
  Plot plot;
  plot.series.push_back({.points = {{0, 1.0}, {1, 99.0}}});
  plot.x_high = 2;
  plot.percent = true;
  plot.y_decimals = 1;
  Frame frame({6, 30});
  draw_plot(frame, {0, 0, 6, 30}, plot, {.charset = Charset::Ascii, .charts = Charts::Ascii});
  EXPECT_THAT(frame.to_text(), AllOf(HasSubstr("  100.0|"), HasSubstr("    0.0|")));
}

TEST(Plot, WithoutANumberThereIsNone) {
  Plot plot;
  plot.series.push_back({.points = {{0, std::nan("")}}});
  Frame frame({6, 30});
  draw_plot(frame, {0, 0, 6, 30}, plot, {});
  EXPECT_EQ(frame, Frame({6, 30}));
}

TEST(Plot, TheAxisGrowsByLeaps) {
  EXPECT_EQ(roomy(3), 10);
  EXPECT_EQ(roomy(11), 20);
  EXPECT_EQ(roomy(21), 50);
  EXPECT_EQ(roomy(51), 100);
  EXPECT_EQ(roomy(1001), 2000);
}

TEST(Columns, GiveWayFromTheRight) {
  const std::vector<ColumnTitle> titles{{"id", true}, {"name"}, {"drop", true}, {"note"}};
  const std::vector<std::string> row{"12", "a rather long name", "0.01", "text"};
  const auto all = chosen_columns(titles, {&row}, {.room = 40, .fixed = 2, .elastic = 1});
  EXPECT_EQ(all.shown, (std::vector<std::size_t>{0, 1, 2, 3}));
  EXPECT_EQ(row_line(titles, row, all), "12  a rather long name  0.01  text");
  const auto narrow = chosen_columns(titles, {&row}, {.room = 22, .fixed = 2, .elastic = 1});
  EXPECT_EQ(narrow.shown, (std::vector<std::size_t>{0, 1, 2})) << "the name gives way to the drop";
  EXPECT_EQ(row_line(titles, row, narrow), "12  a rather lo~  0.01");
  const auto further = chosen_columns(titles, {&row}, {.room = 30, .fixed = 2, .first = 1, .elastic = 1});
  EXPECT_EQ(further.shown, (std::vector<std::size_t>{0, 1, 3}));
}

}  // namespace
}  // namespace quantrail::tui
