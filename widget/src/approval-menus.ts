/**
 * Where each network keeps a request whose prompt did not show, as data: what to dial, and whether requests wait in
 * that menu. Networks that push a prompt to the SIM once (M-Pesa's STK, Airtel's) have no such list: there the menu only
 * shows that the wallet works, and the request ends by itself.
 *
 * Each code has a source, read 2026-11-26, the operator's own where it could be read; a network without one has no code
 * here, because a wrong one sends buyers somewhere.
 *
 * Uganda. MTN *165#: mtn.co.ug/mtn-momo/faqs; "My Account", "My Approvals" in it: dignited.com/18272 (positions in the
 *   menu change, names do not). Airtel *185#: docs.reply.cash, theguptareport.blogspot.com (2018).
 * Kenya. Safaricom *334#: Safaricom in radiojambo.co.ke (2024-04-04). Airtel *334#: Airtel Money in
 *   nairobibusinessmonthly.com (2024). Telkom *334#: telkom.co.ke/t-kash/t-kash-business/t-kash-pay-bills.
 * Tanzania. Vodacom *150*00#: vodacom.co.tz/en/songesha. Yas *150*01#: tigo.co.tz/sw/tuma-na-kupokea-pesa. Airtel
 *   *150*60#: Airtel in mwananchi.co.tz (2018). Halotel *150*88#: manawasa.go.tz/content/pay-your-bills, which has all four.
 * Rwanda. MTN *182*7*1#: techinika.com/gushyira-amafaranga-kuri-tapgo-ukoresheje-telephone, and beside "did not get the
 *   prompt" in a dozen public integrations. Airtel *182#: Airtel Money in radiotv10.rw/?p=53523 (2024).
 */
import type { Country, NetworkId } from '../../server/core/number-plans.ts';

export interface ApprovalMenu {
  /** The code to dial. */
  code: string;
  /** Requests wait there to be approved. */
  hasApprovals?: true;
}

export const APPROVAL_MENUS: Readonly<Record<Country, Partial<Record<NetworkId, ApprovalMenu>>>> = {
  UG: { mtn: { code: '*165#', hasApprovals: true }, airtel: { code: '*185#' } },
  KE: { safaricom: { code: '*334#' }, airtel: { code: '*334#' }, telkom: { code: '*334#' } },
  TZ: {
    vodacom: { code: '*150*00#' },
    yas: { code: '*150*01#' },
    airtel: { code: '*150*60#' },
    halotel: { code: '*150*88#' },
  },
  RW: { mtn: { code: '*182*7*1#', hasApprovals: true }, airtel: { code: '*182#' } },
};
