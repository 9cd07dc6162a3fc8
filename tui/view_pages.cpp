#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "tui/view_parts.h"

namespace quantrail::tui {
namespace {

constexpr std::array kOrders{"rank", "multiply-adds", "when reverted", "name"};
constexpr std::array kLevels{"all", "warnings and errors", "errors"};

/// The outputs' signal-to-noise ratio, in dB, where the remaining distance is noise over signal.
std::string decibels(double distance) {
  if (!std::isfinite(distance) || distance < 0.0) return "-";
  if (distance == 0.0) return "exact";
  return fmt::format("{:.1f}", -10.0 * std::log10(distance));
}

}  // namespace

void draw_layers(Frame& frame, const Model& model, const RunDetail& detail) {
  const RunPage& page = model.run;
  const Area area = page_area(model);
  const auto* ranking = current_ranking(page);
  if (ranking == nullptr) {
    const auto& step = detail.run.step;
    const std::string now = step && is_live(detail.run) && step->total > 0
                                ? fmt::format(" Now: {}, {} of {} {}.", step->text, step->done, step->total, step->unit)
                                : "";
    draw_wrapped(
        frame, {area.row + 1, 3, 4, area.columns - 6},
        "No ranking yet: layers are ranked once the quantized model has dropped by more than is allowed." + now,
        Style::Dim);
    return;
  }
  std::string title = fmt::format("{} on {} samples with that layer back in float, by {}",
                                  ranking->metric.empty() ? "metric" : ranking->metric, ranking->samples,
                                  kOrders[static_cast<std::size_t>(page.order)]);
  if (detail.rankings.size() > 1)
    title += fmt::format("   ranking {} of {}", detail.rankings.size() - page.ranking_back, detail.rankings.size());
  frame.put(area.row, 1, fitted(title, area.columns - 2), Style::Dim);
  const auto layers = ordered_layers(page);
  const auto marked = model.ignored.find(page.id);
  const auto* kept = marked == model.ignored.end() ? nullptr : &marked->second;
  const auto since = float_since(detail);
  double low = 0.0;
  double high = 0.0;
  bool first_score = true;
  std::vector<double> scores;
  for (const auto* layer : layers) {
    if (!std::isfinite(layer->score)) continue;
    scores.push_back(layer->score);
    low = first_score ? layer->score : std::min(low, layer->score);
    high = first_score ? layer->score : std::max(high, layer->score);
    first_score = false;
  }
  const int metric = number_columns(8, scores);
  const int figures = metric + 7 + 10 + 8;  // metric, SQNR, multiply-adds, reverted
  const int bars = std::max(0, std::min(40, area.columns - figures - 36));
  const int name = std::max(10, area.columns - figures - bars - 8);
  frame.put(area.row + 1, 1,
            fitted("    " + padded("layer", name) + padded("metric", -metric) + padded("dB", -7) + padded("MACs", -10) +
                       padded("float at", -9),
                   area.columns - 1),
            Style::Dim);
  const Area rows{area.row + 2, 0, area.rows - 2, area.columns};
  const std::size_t first = first_shown(page.layer, layers.size(), rows.rows);
  for (int row = 0; row < rows.rows && first + static_cast<std::size_t>(row) < layers.size(); ++row) {
    const std::size_t at = first + static_cast<std::size_t>(row);
    const ScoreRow& score = *layers[at];
    const auto reverted = reverted_at(since, score);
    const bool ignored = !score.members.empty() && kept != nullptr && kept->contains(score.members.front());
    const std::string line = padded(fmt::format("{}", at + 1), -3) + " " +
                             padded(fitted_end(score.layer, name - 1), name) + number_cell(score.score, metric) +
                             padded(decibels(score.distance), -7) + padded(quantity(score.macs), -10) +
                             padded(reverted ? fmt::format("it {}", *reverted) : "", -8) + (ignored ? " i" : "  ");
    const int column = frame.put(rows.row + row, 1, line,
                                 reverted  ? Style::Good
                                 : ignored ? Style::Warning
                                           : Style::Normal);
    if (bars > 4) {
      const double share = high > low ? (score.score - low) / (high - low) : 0.0;
      frame.put(rows.row + row, column + 1, bar(share, bars - 3, model.look.charset),
                reverted ? Style::Good : Style::Accent);
    }
    if (at == page.layer) mark_row(frame, rows, row, 5);
  }
}

void draw_log(Frame& frame, const Model& model) {
  const RunPage& page = model.run;
  const Area area = page_area(model);
  const auto rows = log_lines(model);
  std::string title = page.output ? "printed by its workers: " + page.detail->output_path
                                  : fmt::format("recorded: {}", kLevels[static_cast<std::size_t>(page.level)]);
  if (!page.search.empty()) title += fmt::format("   / {}", page.search);
  if (page.log_back > 0) title += fmt::format("   {} lines below", page.log_back);
  frame.put(area.row, 1, fitted(title, area.columns - 2), Style::Dim);
  if (rows.empty()) frame.put(area.row + 2, 3, "nothing here", Style::Dim);
  const int room = area.rows - 1;
  const std::size_t least = std::min(rows.size(), static_cast<std::size_t>(std::max(room, 0)));
  const std::size_t end = std::max(rows.size() - std::min(page.log_back, rows.size()), least);
  const std::size_t first = end > static_cast<std::size_t>(room) ? end - static_cast<std::size_t>(room) : 0;
  for (std::size_t at = first; at < end; ++at) {
    const LogRow& row = rows[at];
    const int y = area.row + 1 + static_cast<int>(at - first);
    const bool match = !page.search.empty() && found_in(row.text, page.search);
    const int column = frame.put(y, 1, row.time.empty() ? "" : row.time + " ", Style::Dim);
    const Style style = match                    ? Style::Warning
                        : row.level == "error"   ? Style::Bad
                        : row.level == "warning" ? Style::Warning
                                                 : Style::Normal;
    frame.put(y, column, fitted(row.text, area.columns - column - 1), style);
    mark_found(frame, y, column, row.text, page.search);
  }
}

void draw_config(Frame& frame, const Model& model, const RunDetail& detail) {
  const RunPage& page = model.run;
  const Area area = page_area(model);
  const auto rows = shown_settings(page);
  int key = 10;
  for (const auto* row : rows) key = std::max(key, width_of(short_key(row->key)));
  key = std::min(key, area.columns * 3 / 5);
  const int value = area.columns - key - 13;
  frame.put(area.row, 1,
            fitted(padded("setting", key + 3) + padded("value", value) + "  from" +
                       (page.search.empty() ? "" : "   / " + page.search),
                   area.columns - 2),
            Style::Dim);
  const int facts = area.rows >= 16 ? std::min<int>(static_cast<int>(detail.facts.size()), 6) : 0;
  // What is selected can be read in full.
  const bool cut = page.setting < rows.size() &&
                   (width_of(short_key(rows[page.setting]->key)) > key || width_of(rows[page.setting]->value) > value);
  const int whole = cut ? std::min(4, area.rows / 3) : 0;
  const Area list{area.row + 1, 0, area.rows - 1 - (facts > 0 ? facts + 1 : 0) - whole, area.columns};
  const std::size_t first = first_shown(page.setting, rows.size(), list.rows);
  for (int row = 0; row < list.rows && first + static_cast<std::size_t>(row) < rows.size(); ++row) {
    const std::size_t at = first + static_cast<std::size_t>(row);
    const SettingRow& setting = *rows[at];
    const bool set = !setting.origin.empty();
    frame.put(list.row + row, 2,
              padded(fitted_end(short_key(setting.key), key), key) + "  " + padded(setting.value, value) + " " +
                  (set ? setting.origin : "default"),
              set ? Style::Normal : Style::Dim);
    if (at == page.setting) mark_row(frame, list, row, 1 + key);
  }
  if (whole > 0)
    draw_wrapped(frame, {list.row + list.rows + 1, 2, whole - 1, area.columns - 4},
                 rows[page.setting]->key + " = " + rows[page.setting]->value, Style::Normal);
  for (int row = 0; row < facts; ++row)
    frame.put(list.row + list.rows + whole + 1 + row, 2,
              fitted(detail.facts[static_cast<std::size_t>(row)], area.columns - 3), Style::Dim);
}

/// "best smallest": the rules that choose an iteration; `briefly`: "best small".
std::string rules_of(const RunDetail& detail, const IterationRow& it, bool briefly) {
  std::string rules;
  for (const auto& [rule, iteration] : detail.picks) {
    if (iteration != it.index) continue;
    const bool superlative = briefly && rule.ends_with("est") && rule.size() > 4;
    rules += (rules.empty() ? "" : " ") + (superlative ? rule.substr(0, rule.size() - 3) : rule);
  }
  return rules;
}

void draw_models(Frame& frame, const Model& model, const RunDetail& detail) {
  const RunPage& page = model.run;
  const Area area = page_area(model);
  const auto& rows = detail.iterations;
  // Figures and rules have their places, what changed takes what is left, and the kind gives way to it.
  int rules = 2;
  const int kind = area.columns >= 100 ? 10 : 0;
  for (const auto& it : rows) rules = std::max(rules, width_of(rules_of(detail, it, kind == 0)));
  const auto figure = figure_columns(rows);
  const int figures = 30 + figure.metric + figure.drop;
  const int changed = std::max(10, area.columns - figures - kind - rules);
  frame.put(area.row, 1,
            fitted(padded("it", -4) + "  " + padded("kind", kind) + padded("changed", changed) +
                       padded("metric", -figure.metric) + padded("drop", -figure.drop) + padded("float", -6) +
                       padded("int8", -7) + padded("MiB", -8) + "  is",
                   area.columns - 1),
            Style::Dim);
  const Area list{area.row + 1, 0, area.rows - 1 - (area.rows >= 14 ? 4 : 0), area.columns};
  if (rows.empty()) frame.put(list.row, 3, "no iteration yet", Style::Dim);
  const std::size_t first = first_shown(page.iteration, rows.size(), list.rows);
  for (int row = 0; row < list.rows && first + static_cast<std::size_t>(row) < rows.size(); ++row) {
    const std::size_t at = first + static_cast<std::size_t>(row);
    const IterationRow& it = rows[at];
    const std::string is = rules_of(detail, it, kind == 0);
    const std::string change = kind == 0 || !it.changed_layers.empty() ? short_change(it) : "";
    frame.put(list.row + row, 1,
              fitted(padded(fmt::format("{}", it.index), -4) + "  " + (kind > 0 ? padded(it.kind, kind) : "") +
                         padded(fitted_end(change, changed - 1), changed) + number_cell(it.metric, figure.metric) +
                         number_cell(it.drop, figure.drop) + padded(fmt::format("{}", it.reverted_layers.size()), -6) +
                         padded(fmt::format("{:.1f}%", it.int8_share * 100), -7) + padded(mebibytes(it.bytes), -8) +
                         "  " + is,
                     area.columns - 1),
              !is.empty() ? Style::Good
              : it.inside ? Style::Normal
                          : Style::Dim);
    if (at == page.iteration) mark_row(frame, list, row, 5);
  }
  if (area.rows < 14 || page.iteration >= rows.size()) return;
  const IterationRow& it = rows[page.iteration];
  const std::string layers = it.reverted_layers.empty() ? "none" : joined(it.reverted_layers, ", ");
  draw_wrapped(frame, {list.row + list.rows + 1, 2, 3, area.columns - 4},
               fmt::format("iteration {}, in float: {}", it.index, layers), Style::Dim);
}

}  // namespace quantrail::tui
