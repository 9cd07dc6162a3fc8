#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tui/form.h"
#include "tui/frame.h"
#include "tui/key_table.h"
#include "tui/message.h"
#include "tui/rows.h"

namespace quantrail::tui {

enum class Charset { Ascii, Utf8 };
enum class Charts { Ascii, Blocks, Braille };
enum class Theme { Colours, Strong, Plain };

/// How things are painted.
struct Look {
  Charset charset = Charset::Utf8;
  Charts charts = Charts::Braille;
  Theme theme = Theme::Colours;
  bool clock = true;
  bool mouse = false;
};

enum class Screen { Runs, Run, Compare, Form, Health, Text };
enum class RunTab { Live, Layers, Log, Config, Models };
enum class CompareTab { Settings, Curves, Pareto, Layers };
/// What a chart of iterations shows.
enum class Measure { Metric, Drop, Int8Share, Size };
enum class LayerOrder { Rank, Macs, Reverted, Name };
enum class Zoom { Both, Chart, Table };
enum class Level { All, Warnings, Errors };
enum class ParetoAxis { Size, Int8Share, FloatLayers };

struct RunsPage {
  Query query{};   ///< as shown
  Query wanted{};  ///< as asked for last
  std::vector<ColumnTitle> columns{};
  std::vector<RunRow> runs{};
  std::size_t total = 0;
  std::map<std::string, std::size_t> states{};
  bool known = false;  ///< the store was read once
  std::size_t at = 0;
  std::size_t first_column = 0;  ///< after the name
  std::set<std::int64_t> marked{};
  std::string refused{};                       ///< why the filter being typed is none
  std::shared_ptr<const RunDetail> preview{};  ///< null: not known yet
};

struct RunPage {
  std::int64_t id = 0;
  std::shared_ptr<const RunDetail> detail{};  ///< null: not known yet
  bool deleted = false;                       ///< detail is what it was, if it was ever known
  RunTab tab = RunTab::Live;
  std::size_t iteration = 0;             ///< position in detail->iterations
  std::optional<std::int64_t> wanted{};  ///< iteration to select once it is there
  bool follow = true;
  Zoom zoom = Zoom::Both;
  Measure measure = Measure::Metric;
  std::string metric{};          ///< of the run's, the one that is shown; empty: the optimised one
  std::size_t ranking_back = 0;  ///< 0: the latest
  LayerOrder order = LayerOrder::Rank;
  std::size_t layer = 0;
  std::size_t setting = 0;
  bool only_set = false;
  std::size_t log_back = 0;  ///< lines below the last that is shown
  Level level = Level::All;
  bool output = false;  ///< the log page shows what workers printed
  std::string search{};
};

struct ComparePage {
  std::vector<std::int64_t> runs{};
  std::optional<Comparison> comparison{};
  CompareTab tab = CompareTab::Settings;
  std::size_t scroll = 0;
  bool all = false;  ///< equal rows too
  Measure measure = Measure::Metric;
  std::string metric{};  ///< that is shown where a run has it; empty: each run's optimised one
  ParetoAxis axis = ParetoAxis::Size;
  bool front_only = true;
  std::size_t point = 0;  ///< position in pareto_points()
};

struct TextPage {
  std::string title{};
  std::vector<std::string> lines{};
  std::size_t scroll = 0;
  int column = 0;  ///< the first that is shown
  std::string search{};
};

struct HealthPage {
  std::vector<HealthSection> sections{};
  bool known = false;
  std::size_t scroll = 0;
};

/// A line being typed at the bottom of the screen, and what it is for.
struct Prompt {
  enum class For { Filter, Search, Command, Note, Tag, Rename, AddRun, Backup, Collect, MaxDrop, SaveView };
  For purpose = For::Filter;
  std::string label{};
  LineEdit line{};
  std::vector<std::int64_t> runs{};  ///< that it is about
  std::string before{};              ///< the text that it began with
  std::size_t at = 0;                ///< selected suggestion
  std::size_t back = 0;              ///< steps back in what was typed before
};

/// A thing that is done only after its own key was pressed.
struct Question {
  std::string text{};
  char32_t yes = U'y';
  std::string yes_text{};  ///< what the key does: "stop"
  std::vector<std::vector<std::string>> commands{};
};

struct MenuEntry {
  std::string value{};
  std::string text{};
};
struct Menu {
  enum class For { Sort, View, Pick, LeaveOut };
  For purpose = For::Sort;
  std::string title{};
  std::vector<MenuEntry> entries{};
  std::size_t at = 0;
};

/// A command of the program, for the palette.
struct PaletteEntry {
  std::string name{};
  std::string help{};
};

struct Model {
  Size size{};
  Look look{};
  std::vector<PaletteEntry> commands{};
  std::vector<Screen> way{Screen::Runs};  ///< screens that Back leads through; the last is shown
  RunsPage runs{};
  RunPage run{};
  ComparePage compare{};
  std::optional<Form> form{};
  HealthPage health{};
  TextPage text{};
  std::vector<SavedView> views{};
  std::vector<std::string> fields{};
  std::optional<Prompt> prompt{};
  std::optional<Question> question{};
  std::optional<Menu> menu{};
  std::optional<Told> told{};
  std::vector<std::string> busy{};   ///< commands under way
  std::vector<Screen> asked_from{};  ///< the way when the latest command was given that prints a page
  std::optional<TextPage> output{};  ///< a page that came when one was elsewhere
  std::map<std::int64_t, std::set<std::string>> ignored{};    ///< by run: layers to keep in float in the next new one
  std::map<Prompt::For, std::vector<std::string>> history{};  ///< what was typed, oldest first
  std::string place{};                                        ///< host and folder of the store
  bool pasting = false;
  bool pasted = false;  ///< something since the last tick; where nothing comes, the end of a paste was lost
  std::string clock{};

  [[nodiscard]] Screen screen() const { return way.back(); }
};

struct Next {
  Model model{};
  std::vector<Cmd> commands{};
};

/// Pure: no clock, no file, no terminal. Same (model, msg), same answer.
[[nodiscard]] Next update(Model model, const Msg& msg);
/// Pure: the picture of `model` at `model.size`.
[[nodiscard]] Frame view(const Model& model);
/// What is asked for at the beginning.
[[nodiscard]] std::vector<Cmd> first_commands(const Model& model);

// What both look at.

/// Where keys are looked up, the most special first.
[[nodiscard]] std::vector<Context> contexts_of(const Model& model);
/// The run that keys act on: the open one, or the selected row; null when there is none.
[[nodiscard]] const RunRow* current_run(const Model& model);
/// "in the trash", "deleted" or nothing: where nothing is done to the run of the page.
[[nodiscard]] std::string_view removal_of(const RunPage& page);
/// The iteration that keys act on; null when there is none.
[[nodiscard]] const IterationRow* current_iteration(const Model& model);
/// The ranking that the layers page shows; null when there is none.
[[nodiscard]] const Ranking* current_ranking(const RunPage& page);
/// Its layers in the order of the page.
[[nodiscard]] std::vector<const ScoreRow*> ordered_layers(const RunPage& page);
/// By layer, the first accepted iteration that has it in float.
[[nodiscard]] std::map<std::string, std::int64_t> float_since(const RunDetail& detail);
/// The same for all layers of a group; nothing: not all were in float.
[[nodiscard]] std::optional<std::int64_t> reverted_at(const std::map<std::string, std::int64_t>& since,
                                                      const ScoreRow& row);
/// Rows of the log page, oldest first.
[[nodiscard]] std::vector<LogRow> log_rows(const RunPage& page);
[[nodiscard]] std::vector<const SettingRow*> shown_settings(const RunPage& page);
/// Points of the Pareto page from left to right: by the axis, then drop.
[[nodiscard]] std::vector<const PointRow*> pareto_points(const ComparePage& page);
[[nodiscard]] double on_axis(ParetoAxis axis, const PointRow& point);
[[nodiscard]] std::vector<const ComparedRow*> shown_rows(const std::vector<ComparedRow>& rows, bool all);
/// Commands that the typed text may mean; the best first.
[[nodiscard]] std::vector<const PaletteEntry*> suggestions(const Model& model);
[[nodiscard]] bool is_live(const RunRow& run);
/// Where `text` holds `what`, whatever the case of Latin letters.
[[nodiscard]] std::optional<std::size_t> found_at(std::string_view text, std::string_view what);
[[nodiscard]] bool found_in(std::string_view text, std::string_view what);

}  // namespace quantrail::tui
