import { load } from 'cheerio';

const $ = load(`<!doctype html><html><body><h1 class="title big">Prices &amp; more</h1>
<table><tr data-id=1><td>Pen<td class=price>1.50</tr><tr data-id=2><td>Ink</td><td class="price sale">7&nbsp;€</td></tr></table>
<form><input name=a value="1"><select name=b><option>x<option selected>y</select><textarea name=c>t</textarea></form>
<p>unclosed <b>bold <i>both</b> italic</i><p>next</body>`);

const rows = $('tr')
  .map((_, row) => ({
    id: $(row).data('id'),
    name: $(row).find('td').first().text(),
    price: $(row).find('.price').text(),
  }))
  .get();
$('h1').addClass('seen').attr('title', 'a "quoted"').append('<small>!</small>');
$('tr:last-child').after('<tr><td colspan="2">end</td></tr>');
$('p').wrapAll('<section id="s">');
$('.sale').removeClass('sale').css({ color: 'red', 'font-weight': 'bold' });

export default [
  rows,
  $('form').serializeArray(),
  $.html(),
  $('td:not(.price):nth-of-type(1)')
    .toArray()
    .map((node) => $(node).text()),
  $('tr').has('.price').length,
  $('[data-id="2"] > td:contains("Ink")').next().attr('class'),
  $.extract({ titles: ['h1'], links: [{ selector: 'tr', value: 'data-id' }] }),
  load('<a><B c=D/></a>', { xml: true }).xml(),
  $('#s').prop('outerHTML'),
];
